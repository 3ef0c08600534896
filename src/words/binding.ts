import { RESET_COMMAND } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';

/** Question before the panel is told to certify the key, and to end the certificate that opens it now. */
export function bindQuestion({ label }: ServerEntry, wanted: string): Confirmation {
  return {
    title: `Bind the certificate of ${label} to this Mac?`,
    lines: [
      'A new key goes into the login keychain of this Mac and cannot be exported from it. The panel signs a certificate for it and revokes the current certificate at once, including all copies.',
      `From then on only this Mac can open the panel. The certificate can no longer be renewed, exported or used on another machine. The only way back is ${RESET_COMMAND} on the server.`,
      'If the panel’s answer is lost, no certificate opens the panel. You then recover the certificate over SSH.',
    ],
    yes: 'Bind',
    danger: true,
    typed: label,
    effect: 'bind it',
    advance: {
      value: label,
      accepts: (text) => text === wanted || text === label,
      refusal: `Not confirmed: the certificate of ${label} was not bound.`,
    },
  };
}
