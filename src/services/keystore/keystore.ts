import { certificateService } from '../../core/admin-auth.js';
import { CREDENTIAL_SERVICE, DEFAULT_ACCOUNT, TOKEN_ACCOUNT } from '../../core/product.js';
import { PortlamaError } from '../../core/errors.js';

/** Address of a secret: the two attributes that both this program and the desktop app use. */
export interface CredentialKey {
  readonly service: string;
  readonly account: string;
}

/** The DigitalOcean API token of the default account. */
export const TOKEN_KEY: CredentialKey = {
  service: CREDENTIAL_SERVICE.cloud,
  account: TOKEN_ACCOUNT,
};

/** The DigitalOcean API token of an account, by the name it has here. */
export function tokenKey(name: string): CredentialKey {
  if (name === DEFAULT_ACCOUNT) return TOKEN_KEY;
  return { service: CREDENTIAL_SERVICE.cloud, account: `${TOKEN_ACCOUNT}:${name}` };
}

/** The password of a server's client.p12. */
export function p12PasswordKey(serverId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.server, account: serverId };
}

/** The password of the certificate that opens a server's panel: its own, or one that the desktop app imported. */
export function certificatePasswordKey({
  id,
  adminAuth,
}: {
  readonly id: string;
  readonly adminAuth?: unknown;
}): CredentialKey {
  return { service: certificateService(adminAuth), account: id };
}

/** The password of the admin of a server's Authelia, which no call of the panel says again. */
export function autheliaPasswordKey(serverId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.authelia, account: serverId };
}

/** The temporary SSH keys of a provisioning, kept until it ends so that it can be resumed. */
export function operationKey(operationId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.operation, account: operationId };
}

/** The temporary SSH key that a server's certificate is recovered with, kept until its line is off the server. */
export function loginKey(serverId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.operation, account: `login-${serverId}` };
}

/** Holds secrets. Calls reject with KeystoreError (`code`, what happened, what to do), and never hang. */
export interface Keystore {
  readonly kind: 'os' | 'vault' | 'session' | 'sandbox';
  /** Name shown to the user: `macOS Keychain`, `Secret Service (GNOME Keyring)`. */
  readonly title: string;
  /** Proves that a secret can be written and read back, with an entry of its own. Rejects with what to do. */
  probe(): Promise<void>;
  /** Undefined when there is none. */
  get(key: CredentialKey): Promise<string | undefined>;
  set(key: CredentialKey, secret: string): Promise<void>;
  /** False when there was none. */
  delete(key: CredentialKey): Promise<boolean>;
}

/** Problems of the operating system's store. */
export type OsStoreProblem =
  /** D-Bus session missing or unreachable. */
  | 'no-dbus'
  /** No service on the D-Bus session stores secrets. */
  | 'no-secret-service'
  /** Keyring locked or never created, with no way to prompt for its password here. */
  | 'locked'
  /** Store that waits without end for a prompt or for something else. */
  | 'prompt-needed'
  | 'libsecret-missing'
  /** The store went away in the middle of a call. */
  | 'daemon-died'
  /** Anything else. */
  | 'store-failed';

/** Problems of the encrypted vault. */
export type VaultProblem =
  /** Passphrase missing for a secret stored by an earlier process. */
  | 'vault-locked'
  | 'vault-passphrase-wrong'
  /** A file of it is not what was written. It is left as it is. */
  | 'vault-damaged'
  | 'vault-missing'
  /** Secrets exist, but the file with their key is gone. */
  | 'vault-key-missing'
  | 'vault-exists'
  /** The file with its key asks for more work than this program does. */
  | 'vault-work-factor'
  /** The vault is used from two places, and what it was is no longer so. */
  | 'vault-changed';

export type KeystoreErrorCode =
  | OsStoreProblem
  | VaultProblem
  /** The program that keeps secrets in its memory for this process has ended. */
  | 'session-ended'
  /** Secrets were to be moved, and the other store does not give back what it was given. */
  | 'not-read-back';

/** The credential store could not do what was asked. `hint` holds the command that helps. */
export class KeystoreError extends PortlamaError {
  override readonly name = 'KeystoreError';
  declare readonly code: KeystoreErrorCode;
}

/** Secrets in this process's memory only: they are gone when it ends. */
export interface SessionKeystore extends Keystore {
  readonly kind: 'session';
  listKeys(): readonly CredentialKey[];
}

export function createSessionKeystore(): SessionKeystore {
  const entries = new Map<string, { readonly key: CredentialKey; readonly secret: string }>();
  const nameOf = ({ service, account }: CredentialKey): string =>
    JSON.stringify([service, account]);
  return {
    kind: 'session',
    title: 'memory, for this session only',
    probe: async () => {},
    get: async (key) => entries.get(nameOf(key))?.secret,
    set: async (key, secret) => void entries.set(nameOf(key), { key, secret }),
    delete: async (key) => entries.delete(nameOf(key)),
    listKeys: () => [...entries.values()].map(({ key }) => key),
  };
}
