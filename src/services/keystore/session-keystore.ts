import type { CredentialKey, Keystore } from './keystore.js';

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
