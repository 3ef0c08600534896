import type { ShownError } from '../shown-error.js';
import type { ClientCertificate } from '../state.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { ActionContext } from './context.js';

/** Reads the expiry of a server's admin certificate. An error is shown in its place, without a message. */
export async function readCertificate(
  { store, ports, run }: ActionContext,
  server: ServerEntry,
): Promise<void> {
  const { id: serverId } = server;
  const tell = (certificate: ClientCertificate): void =>
    store.dispatch({ type: 'certificate-read', serverId, certificate });
  const onError = ({ message }: ShownError): void => tell({ state: 'unreadable', reason: message });
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
    return `The password of its current admin certificate is not in ${ports.keystore.title}.`;
  return health.lacks === 'client-certificate'
    ? 'There is no admin certificate on this machine that opens its panel.'
    : undefined;
}
