import { CREDENTIAL_SERVICE } from '../../core/product.js';
/** Address of a secret: the two attributes that both this program and the desktop app use. */
export interface CredentialKey {
  readonly service: string;
  readonly account: string;
}

/** The DigitalOcean API token. */
export const TOKEN_KEY: CredentialKey = {
  service: CREDENTIAL_SERVICE.cloud,
  account: 'digitalocean',
};

/** The password of a server's client.p12. */
export function p12PasswordKey(serverId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.server, account: serverId };
}

/** The temporary SSH keys of a provisioning, kept until it ends so that it can be resumed. */
export function operationKey(operationId: string): CredentialKey {
  return { service: CREDENTIAL_SERVICE.operation, account: operationId };
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
