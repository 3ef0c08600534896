import { InputError } from '../core/errors.js';
import { SERVER_PATH } from '../core/product.js';
import type { P12Facts } from '../services/panel/identity.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { dayOf, renewQuestion } from '../words/certificates.js';
import { isAtWork } from '../services/provisioning/operations.js';
import { openPanelFor } from './open-panel-for.js';
import { dismissOperation, held, resumeOperation } from './operations.js';
import { requireServer, requireStillListed } from './servers.js';
import { findUpkeep, followUpkeep } from './upkeep.js';
import type { Work } from './work.js';

export interface RenewedCertificate {
  readonly server: ServerEntry;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Replaces the admin certificate of a server by a new one, in a worker of its own (`performRenewal`), and follows that.
 * A renewal that is under way is followed, and one that was interrupted is resumed.
 */
export async function renewCertificate(wanted: string, work: Work): Promise<RenewedCertificate> {
  const { face } = work;
  const server = await requireServer(work, wanted);
  const before = await work.panels.readClientCertificate(server);
  const id = await begin(server, before, work);
  const { facts } = await followUpkeep(id, work);
  const expiresAt = Number(facts?.['expiresAt']);
  await dismissOperation(id, work);
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(`Created a new certificate for ${server.label}; it expires ${dayOf(expiresAt)}.`, 'ok');
  if (before !== undefined && before.notAfter !== expiresAt) {
    face.say(
      `The old one stays valid until ${dayOf(before.notAfter)}. Only root on the server can end it before: add its serial ${before.serial ?? ''} to ${SERVER_PATH.pki}/revoked.json.`,
      'warn',
    );
  }
  return { server, expiresAt };
}

/** The operation that renews it: one that is there, or a new one. */
async function begin(
  server: ServerEntry,
  before: P12Facts | undefined,
  work: Work,
): Promise<string> {
  const known = await findUpkeep(server.id, 'renew', work);
  if (known !== undefined && isAtWork(known)) return known.id;
  if (known?.status === 'interrupted') {
    await resumeOperation(known.id, work);
    return known.id;
  }
  if (known !== undefined) await dismissOperation(known.id, work);
  if (server.authMethod === 'keychain') throw inKeychain(server);
  await work.face.confirm(renewQuestion(server, before));
  await requireStillListed(server, work);
  const api = await openPanelFor(server, work);
  const { session } = api;
  api.close();
  return await held(work, work.operations.startUpkeep(server, { kind: 'renew' }, { session }));
}

/** The panel makes a file, which this Mac would have to forget the keychain for. */
function inKeychain({ id, label }: ServerEntry): InputError {
  return new InputError({
    code: 'certificate-in-keychain',
    message: `The key of ${label} is in the keychain: a panel renews certificates that are files.`,
    hint: { command: 'servers.recover', id, lead: 'Make a new one on the server' },
  });
}
