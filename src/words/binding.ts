import { RESET_COMMAND } from '../core/product.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation } from './question.js';

/** Question before the panel is told to certify the key, and to end the certificate that opens it now. */
export function bindQuestion({ label }: ServerEntry, wanted: string): Confirmation {
  return {
    title: `Bind the certificate of ${label} to this Mac?`,
    lines: [
      'A new key is made and put into the login keychain of this Mac, from which it cannot be exported. The panel signs a certificate for it, and ends the one kept here at once, whoever has it.',
      `From then on only this Mac opens the panel. There is no way back but ${RESET_COMMAND} on the server: renewing, another machine and an export take the certificate along no more.`,
      'If the panel’s answer is lost on its way, nothing opens the panel: then recover the certificate, by SSH.',
    ],
    yes: 'Bind',
    danger: true,
    typed: label,
    effect: 'bind it',
    advance: {
      value: label,
      accepts: (text) => text === wanted || text === label,
      refusal: `The certificate of ${label} is bound only when its label is repeated.`,
    },
  };
}
