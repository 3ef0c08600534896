import { SERVER_PATH } from '../core/product.js';
import type { P12Facts } from '../services/panel/identity.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { dayOf, renewQuestion } from '../words/certificates.js';
import { openPanelFor } from './open-panel-for.js';
import { requireServer, requireStillListed } from './servers.js';
import type { Work } from './work.js';

export interface RenewedCertificate {
  readonly server: ServerEntry;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Replaces the admin certificate of a server by a new one. Killed at any point the certificate kept here opens the
 * panel; a new one that was not taken over yet is made again.
 */
export async function renewCertificate(wanted: string, work: Work): Promise<RenewedCertificate> {
  const { face, signal } = work;
  const server = await requireServer(work, wanted);
  const before = await work.panels.readClientCertificate(server);
  await face.confirm(renewQuestion(server, before));
  await requireStillListed(server, work);
  const api = await openPanelFor(server, work);
  let facts: P12Facts;
  try {
    face.progress('The panel makes a new certificate; on a small server that takes a minute');
    facts = await work.renewCertificate(server, api, signal);
  } finally {
    api.close();
    face.progress(undefined);
  }
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(`The certificate of ${server.label} is new; it expires ${dayOf(facts.notAfter)}.`, 'ok');
  if (before !== undefined) {
    face.say(
      `The old one stays valid until ${dayOf(before.notAfter)}. Only root on the server can end it before: add its serial ${before.serial ?? ''} to ${SERVER_PATH.pki}/revoked.json.`,
      'warn',
    );
  }
  return { server, expiresAt: facts.notAfter };
}
