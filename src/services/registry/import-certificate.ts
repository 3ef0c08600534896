import { type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import { type P12Facts, readP12 } from '../panel/identity.js';
import { type Registry, RegistryError, type ServerEntry } from './registry.js';
import { writeServerFile } from './server-files.js';

/**
 * Keeps an admin certificate that was made elsewhere for a server of the list: the file in the server's folder, its
 * password in the credential store. Nothing is kept before the password has opened the file: rejects with
 * `p12-wrong-password` or `p12-unreadable`.
 */
export async function importCertificate(
  serverId: string,
  certificate: { readonly p12: Buffer; readonly password: string },
  to: { readonly home: string; readonly registry: Registry; readonly keystore: Keystore },
): Promise<P12Facts> {
  const { p12, password } = certificate;
  const { home, registry, keystore } = to;
  const facts = await readP12(p12, password);
  await requireEntry(registry, serverId);
  // First what fails most often.
  await keystore.set(p12PasswordKey(serverId), password);
  const p12Path = await writeServerFile(home, serverId, 'client.p12', p12);
  const server = await requireEntry(registry, serverId);
  await registry.save({ ...server, authMethod: 'p12', keychainIdentity: undefined, p12Path });
  return facts;
}

async function requireEntry(registry: Registry, serverId: string): Promise<ServerEntry> {
  const server = (await registry.list()).find(({ id }) => id === serverId);
  if (server === undefined) throw gone(serverId);
  return server;
}

function gone(serverId: string): RegistryError {
  return new RegistryError({
    code: 'server-unknown',
    message: `There is no server ${serverId} in the list any more.`,
    hint: 'Add it again, then import its certificate.',
  });
}
