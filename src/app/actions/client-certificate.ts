import { shownError } from '../shown-error.js';
import { findServer } from '../server-rows.js';
import type { ClientCertificate } from '../state.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { ActionContext } from './context.js';

/** Stay on a row before its certificate is read, ms; rows passed by read nothing. */
const SETTLE_MS = 250;

/** The row that the cursor is on, by program. */
const lookedAt = new WeakMap<ActionContext['store'], string>();

/** Reads a replaced certificate if its server has the cursor; others are read when the cursor reaches them. */
export async function readCertificateAgain(
  context: ActionContext,
  serverId: string,
): Promise<void> {
  if (lookedAt.get(context.store) !== serverId) return;
  lookedAt.delete(context.store);
  await readCertificate(context, serverId);
}

/** Reads the expiry of the selected server's admin certificate. An error is shown in its place, without a message. */
export async function readCertificate(
  { store, ports, run, signal }: ActionContext,
  serverId: string | undefined,
): Promise<void> {
  if (serverId === undefined || lookedAt.get(store) === serverId) return;
  lookedAt.set(store, serverId);
  try {
    await ports.clock.sleep(SETTLE_MS, signal);
  } catch {
    return;
  }
  const server = findServer(store.state, serverId);
  if (server === undefined || lookedAt.get(store) !== serverId) return;
  const tell = (certificate: ClientCertificate): void =>
    store.dispatch({ type: 'certificate-read', serverId, certificate });
  const onError = ({ message }: ReturnType<typeof shownError>): void =>
    tell({ state: 'unreadable', reason: message });
  await run({ title: 'Reading the certificate', onError, quiet: true }, async () => {
    const facts = await ports.panels.readClientCertificate(server);
    tell(facts === undefined ? { state: 'absent' } : { state: 'known', notAfter: facts.notAfter });
  });
}

/**
 * Sentence about what the last look at the panel found missing on this machine; undefined without a look, or if nothing
 * is missing.
 */
export function missingHere(
  { store, ports }: ActionContext,
  { id, authMethod }: ServerEntry,
): string | undefined {
  const health = store.state.health.get(id)?.health;
  if (health?.state !== 'certificate-needed') return undefined;
  // Skip a certificate in the keychain of another machine: it is used there.
  if (authMethod === 'keychain' && !ports.environment.hasKeychain) return undefined;
  if (health.lacks === 'password')
    return `The password of its admin certificate, as the server has it, is not in ${ports.keystore.title}.`;
  return health.lacks === 'client-certificate'
    ? 'There is no admin certificate on this machine that opens its panel.'
    : undefined;
}
