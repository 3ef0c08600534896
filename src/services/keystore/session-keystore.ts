import type { Keystore } from './keystore.js';

/** Keeps secrets in this process's memory only: they are gone when it ends. */
export function createSessionKeystore(): Keystore {
  const secrets = new Map<string, string>();
  const nameOf = (key: { service: string; account: string }): string =>
    JSON.stringify([key.service, key.account]);
  return {
    kind: 'session',
    title: 'memory, for this session only',
    probe: async () => {},
    get: async (key) => secrets.get(nameOf(key)),
    set: async (key, secret) => void secrets.set(nameOf(key), secret),
    delete: async (key) => secrets.delete(nameOf(key)),
  };
}
