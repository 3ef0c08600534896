import {
  autheliaPasswordKey,
  certificatePasswordKey,
  type Keystore,
  KeystoreError,
  loginKey,
  p12PasswordKey,
} from '../keystore/keystore.js';
import { type P12Facts, readP12 } from '../panel/identity.js';
import { messageOf } from '../../core/errors.js';
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
  if (!(await registry.list()).some(({ id }) => id === serverId)) throw gone(serverId);
  // First what fails most often.
  await keystore.set(p12PasswordKey(serverId), password);
  const p12Path = await writeServerFile(home, serverId, 'client.p12', p12);
  // The one that was imported last is the one to use.
  const credential = { authMethod: 'p12', keychainIdentity: undefined, p12Path } as const;
  await registry.change(serverId, { ...credential, adminAuth: undefined });
  return facts;
}

function gone(serverId: string): RegistryError {
  return new RegistryError({
    code: 'server-unknown',
    message: `There is no server ${serverId} in the list any more.`,
    hint: 'Add it again, then import its certificate.',
  });
}

export interface ForgetPorts {
  readonly registry: Registry;
  readonly keystore: Keystore;
  /** Deletes what this program put into a Mac's keychain for the server; false when there was nothing. */
  removeIdentity(server: ServerEntry): Promise<boolean>;
  /** Deletes the server's certificate files; false when there were none. */
  removeServerFiles(serverId: string): Promise<boolean>;
}

/**
 * Removes the server's entry and all that this machine keeps for it; the machine that it stands for is not touched. Once
 * the entry is gone nothing names the rest: a failure stops no other removal, and rejects after all of them.
 */
export async function forgetServer(server: ServerEntry, ports: ForgetPorts): Promise<void> {
  const { id } = server;
  // First: by the files it is known which one it is, and a keychain that is locked keeps all the rest.
  await ports.removeIdentity(server);
  await ports.registry.remove(id);
  const failures: unknown[] = [];
  await ports.removeServerFiles(id).catch((error: unknown) => failures.push(error));
  const keys = [
    autheliaPasswordKey(id),
    loginKey(id),
    p12PasswordKey(id),
    certificatePasswordKey(server),
  ];
  const left = new Set<string>();
  for (const key of keys) {
    await ports.keystore.delete(key).catch((error: unknown) => {
      left.add(`${key.service} / ${key.account}`);
      failures.push(error);
    });
  }
  if (left.size > 0) throw secretsLeft(server, ports.keystore.title, [...left], failures);
  if (failures.length > 0) throw failures[0];
}

function secretsLeft(
  { label }: ServerEntry,
  store: string,
  left: readonly string[],
  causes: readonly unknown[],
): KeystoreError {
  const reasons = [...new Set(causes.map(messageOf))].join(' ');
  return new KeystoreError({
    code: 'store-failed',
    message: `Removed ${label}, but not every secret that was kept for it: ${reasons}`,
    hint: `Delete what is left in ${store}: ${left.join(', ')}.`,
    cause: causes[0],
  });
}
