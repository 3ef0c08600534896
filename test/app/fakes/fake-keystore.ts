import type { CredentialKey, Keystore } from '../../../src/services/keystore/keystore.js';

/** Secrets in memory. */
export class FakeKeystore implements Keystore {
  readonly kind = 'os';
  readonly title = 'Secret Service (GNOME Keyring)';
  /** Rejects everything with this. */
  failure: Error | undefined;
  /** Rejects with this when something is to be deleted, as a store that was locked meanwhile. */
  deleteFailure: Error | undefined;
  private readonly secrets = new Map<string, string>();

  async probe(): Promise<void> {
    this.check();
  }

  async get(key: CredentialKey): Promise<string | undefined> {
    this.check();
    return this.secrets.get(nameOf(key));
  }

  async set(key: CredentialKey, secret: string): Promise<void> {
    this.check();
    this.secrets.set(nameOf(key), secret);
  }

  async delete(key: CredentialKey): Promise<boolean> {
    this.check();
    if (this.deleteFailure !== undefined) throw this.deleteFailure;
    return this.secrets.delete(nameOf(key));
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

function nameOf({ service, account }: CredentialKey): string {
  return `${service} ${account}`;
}
