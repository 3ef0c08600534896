import { InputError, PortlamaError } from '../core/errors.js';
import { ADMIN_NAME } from '../core/product.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { isAtWork } from '../services/provisioning/operations.js';
import { isDismissable } from '../services/provisioning/operations-service.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { bindQuestion } from '../words/binding.js';
import { dayOf } from '../words/certificates.js';
import { noKeychain, serverName } from '../words/servers.js';
import { AfterSetUp } from './after-set-up.js';
import { openPanelFor } from './open-panel-for.js';
import { dismissOperation, held, resumeOperation } from './operations.js';
import { requireServer, requireStillListed } from './servers.js';
import { findUpkeep, followUpkeep } from './upkeep.js';
import type { Work } from './work.js';

export interface BoundCertificate {
  readonly server: ServerEntry;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Has a panel certify a key that was made here and is in the login keychain of this Mac, in a worker of its own
 * (`performBinding`) that is followed. One that is under way is followed, and one that was interrupted is resumed.
 */
export async function bindCertificate(wanted: string, work: Work): Promise<BoundCertificate> {
  const { face } = work;
  const server = await requireServer(work, wanted);
  const { id: serverId, label } = server;
  const id = await begin(server, wanted, work);
  const { facts } = await followUpkeep(id, work);
  const expiresAt = Number(facts?.['expiresAt']);
  await dismissOperation(id, work);
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'certificate-changed', serverId });
  face.say(
    `The certificate of ${label} is bound to the login keychain of this Mac; it expires ${dayOf(expiresAt)}.`,
    'ok',
  );
  face.say('The previous one is revoked; its file and password are deleted.');
  return { server: await requireServer(work, serverId), expiresAt };
}

/** The operation that binds it: one that is there, or a new one. */
async function begin(server: ServerEntry, wanted: string, work: Work): Promise<string> {
  const known = await findUpkeep(server.id, 'bind', work);
  if (known !== undefined && isAtWork(known)) return known.id;
  if (known?.status === 'interrupted' && !known.cleanUpBegun) {
    await resumeOperation(known.id, work);
    return known.id;
  }
  if (known !== undefined && isDismissable(known)) await dismissOperation(known.id, work);
  await requireKeychain(server, work);
  const api = await openPanelFor(server, work);
  const { session } = api;
  try {
    await requireBindable(server, api, work);
  } finally {
    api.close();
  }
  await work.face.confirm(bindQuestion(server, wanted));
  await requireStillListed(server, work);
  return await held(work, work.operations.startUpkeep(server, { kind: 'bind' }, { session }));
}

/** Rejects where this machine cannot keep the key, or not so that it is found again. */
async function requireKeychain(server: ServerEntry, work: Work): Promise<void> {
  const { keychain, keyDesk, environment, signal } = work;
  if (keychain === undefined || keyDesk === undefined)
    throw notHere(noKeychain(environment), 'Run it on the Mac that is to have the key.');
  const unsuited = await keychain.unsuited();
  if (unsuited !== undefined)
    throw notHere(`It could not be used from the keychain: ${unsuited}.`, undefined);
  await keychain.probe(signal);
  // One of the server itself is told apart by its panel.
  const [namesake] = server.authMethod === 'keychain' ? [] : await keyDesk.namesakes(signal);
  if (namesake !== undefined) throw nameTaken(namesake.sha1);
}

/** Rejects where the panel would refuse, or revoke another certificate than the one kept here. */
export async function requireBindable(
  server: ServerEntry,
  api: PanelApi,
  work: Pick<Work, 'panels' | 'signal'>,
): Promise<void> {
  const { panels, signal } = work;
  const { status } = await api.onboarding(signal);
  if (status !== 'COMPLETED') throw new AfterSetUp(server, { what: 'A bound certificate' });
  if ((await modeOf(server, api, signal)) === 'hardware-bound') throw alreadyBound(server);
  if (server.authMethod === 'keychain') throw madeOnServer(server);
  const [kept, all] = await Promise.all([
    panels.readClientCertificate(server),
    api.certificates(signal),
  ]);
  const newest = all.find(({ type }) => type === 'mtls-client')?.expiresAt;
  const isNewest =
    kept !== undefined && newest !== undefined && kept.notAfter === Date.parse(newest);
  if (!isNewest) throw notNewest(server, kept?.notAfter);
}

async function modeOf(server: ServerEntry, api: PanelApi, signal: AbortSignal): Promise<string> {
  try {
    return await api.authMode(signal);
  } catch (error) {
    if (error instanceof PanelApiError && error.code === 'panel-not-there') throw tooOld(server);
    throw error;
  }
}

function notHere(message: string, hint: string | undefined): InputError {
  return new InputError({ code: 'no-keychain', message, hint });
}

function nameTaken(sha1: string): PortlamaError {
  return new PortlamaError({
    code: 'keychain-name-taken',
    message: `The keychain has another identity called ${JSON.stringify(ADMIN_NAME)}, as every panel calls its admin, and curl could not tell the two apart.`,
    hint: [
      'Nothing was changed. A keychain has room for one of them. Where that one is not needed any more:',
      { lead: 'Delete it', shellLine: `security delete-identity -Z ${sha1}` },
    ],
  });
}

function tooOld({ label }: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'panel-too-old',
    message: `The panel of ${label} does not bind certificates: it is of an older version.`,
    hint: 'Update the panel, then try again.',
  });
}

function alreadyBound(server: ServerEntry): PortlamaError {
  const { label } = server;
  return new PortlamaError({
    code: 'already-bound',
    message: `The admin certificate of ${label} is bound already, and a panel binds one only once.`,
    hint: {
      command: 'servers.recover',
      id: serverName(server),
      lead: 'To turn it back into a file',
    },
  });
}

function madeOnServer(server: ServerEntry): PortlamaError {
  return new PortlamaError({
    code: 'certificate-in-keychain',
    message: `The key of ${server.label} is in the keychain of this Mac already, and has the one name that a bound one would have. It was made on the server, which has it still.`,
    hint: {
      command: 'servers.recover',
      id: serverName(server),
      lead: 'For a key that the server never had, recover it first, then bind it',
    },
  });
}

function notNewest(server: ServerEntry, notAfter: number | undefined): PortlamaError {
  const until = notAfter === undefined ? '' : ` until ${dayOf(notAfter)}`;
  return new PortlamaError({
    code: 'certificate-not-newest',
    message: `The certificate of ${server.label} that is kept here is not known to be the newest of its panel. Binding ends the newest one only: this one would stay an admin${until}.`,
    hint: {
      command: 'servers.recover',
      id: serverName(server),
      lead: 'Recover it first, which makes the newest one the one kept here',
    },
  });
}
