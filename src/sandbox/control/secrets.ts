import type { CredentialKey } from '../../services/keystore/keystore.js';

/** The sandbox's credential store: gone when the sandbox ends. */
export class Secrets {
  private readonly entries = new Map<string, { key: CredentialKey; secret: string }>();

  get keys(): readonly CredentialKey[] {
    return [...this.entries.values()].map(({ key }) => key);
  }

  get(key: CredentialKey): string | undefined {
    return this.entries.get(nameOf(key))?.secret;
  }

  set(key: CredentialKey, secret: string): void {
    const { service, account } = key;
    this.entries.set(nameOf(key), { key: { service, account }, secret });
  }

  delete(key: CredentialKey): boolean {
    return this.entries.delete(nameOf(key));
  }
}

function nameOf({ service, account }: CredentialKey): string {
  return JSON.stringify([service, account]);
}
