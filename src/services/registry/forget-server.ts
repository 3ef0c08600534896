import { messageOf } from '../../core/errors.js';
import { CREDENTIAL_SERVICE } from '../../core/product.js';
import { KeystoreError } from '../keystore/keystore-error.js';
import { type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import type { Registry, ServerEntry } from './registry.js';

export interface ForgetPorts {
  readonly registry: Registry;
  readonly keystore: Keystore;
  /** Deletes what this program put into a Mac's keychain for the server; false when there was nothing. */
  removeIdentity(server: ServerEntry): Promise<boolean>;
  /** Deletes the server's certificate files; false when there were none. */
  removeServerFiles(serverId: string): Promise<boolean>;
}

/** Removes the server's entry and all that this machine keeps for it; the machine that it stands for is not touched. */
export async function forgetServer(server: ServerEntry, ports: ForgetPorts): Promise<void> {
  // First: by the files it is known which one it is, and a keychain that is locked keeps all the rest.
  await ports.removeIdentity(server);
  await ports.registry.remove(server.id);
  await ports.removeServerFiles(server.id);
  try {
    await ports.keystore.delete(p12PasswordKey(server.id));
  } catch (error) {
    throw passwordLeft(server, ports.keystore.title, error);
  }
}

function passwordLeft({ id, label }: ServerEntry, store: string, cause: unknown): KeystoreError {
  return new KeystoreError({
    code: 'store-failed',
    message: `${label} is off the list, but the password of its certificate was not deleted: ${messageOf(cause)}`,
    hint: `It opens nothing any more. It is in ${store}, as ${CREDENTIAL_SERVICE.server} / ${id}.`,
    cause,
  });
}
