import { describe, expect, it } from 'vitest';
import { p12PasswordKey, TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { moveSecrets } from '../../../src/services/keystore/vault-change.js';
import { createOsKeystore } from '../../../src/services/keystore/os-keystore.js';
import { startKeyringSession } from '../../fixtures/keyring/start.js';
import { MemoryKeystore } from '../../fixtures/memory-keystore.js';
import { errorOf, madeVault } from './vault.js';

const SERVERS = ['a', 'b', 'c'].map((id) => p12PasswordKey(id));
const KEYS = [TOKEN_KEY, ...SERVERS];

async function filled(): Promise<MemoryKeystore> {
  const store = new MemoryKeystore();
  await store.set(TOKEN_KEY, 'token');
  for (const key of SERVERS) await store.set(key, `p12 of ${key.account}`);
  return store;
}

describe('moving secrets', () => {
  it('goes both ways between GNOME Keyring and a vault, and leaves nothing behind', async () => {
    const session = await startKeyringSession();
    await session.startDaemon('keyring-password');
    const os = createOsKeystore({ ...session, answerTimeoutMs: 20_000 });
    const { vault } = await madeVault();
    await os.set(TOKEN_KEY, 'token');
    // Of the desktop app.
    const attributes = ['service', SERVERS[0]!.service, 'account', SERVERS[0]!.account];
    await session.secretTool(['store', '--label=P12', ...attributes], 'theirs');
    const there = await moveSecrets({ keys: KEYS, from: os, to: vault, toIsInUse: false });
    expect(there).toEqual({ count: 2, differing: [] });
    expect(await vault.get(TOKEN_KEY)).toBe('token');
    expect(await vault.get(SERVERS[0]!)).toBe('theirs');
    expect(await os.get(TOKEN_KEY)).toBeUndefined();
    expect((await session.secretTool(['lookup', ...attributes])).code).toBe(1);
    const keys = await vault.listKeys();
    await moveSecrets({ keys, from: vault, to: os, toIsInUse: false });
    expect(await os.get(TOKEN_KEY)).toBe('token');
    expect((await session.secretTool(['lookup', ...attributes])).output).toBe('theirs');
    expect(await vault.count()).toBe(0);
  });

  it.each([0, 1, 2, 3])('deletes nothing when the store fails at secret %i', async (failing) => {
    const [from, to] = [await filled(), new MemoryKeystore()];
    const before = new Map(from.secrets);
    const set = to.set.bind(to);
    let calls = 0;
    to.set = (key, secret) =>
      calls++ === failing ? Promise.reject(new Error('full')) : set(key, secret);
    await expect(moveSecrets({ keys: KEYS, from, to, toIsInUse: false })).rejects.toThrow('full');
    expect(from.secrets).toEqual(before);
    expect(to.secrets.size).toBe(0);
  });

  it('deletes nothing when a secret is not read back as it was', async () => {
    const [from, to] = [await filled(), new MemoryKeystore()];
    const set = to.set.bind(to);
    to.set = (key, secret) => set(key, key.account === 'b' ? `${secret} ` : secret);
    const error = await errorOf(moveSecrets({ keys: KEYS, from, to, toIsInUse: false }));
    expect(error.code).toBe('not-read-back');
    expect(error.message).not.toContain('p12 of');
    expect(from.secrets.size).toBe(4);
    expect(to.secrets.size).toBe(0);
  });

  it('does not begin with a store that does not work', async () => {
    const [from, to] = [await filled(), new MemoryKeystore()];
    to.failure = new Error('not there');
    await expect(moveSecrets({ keys: KEYS, from, to, toIsInUse: false })).rejects.toThrow('there');
    expect(to.everHeld.size).toBe(0);
  });

  it('puts back what was there before, when it fails', async () => {
    const [from, to] = [await filled(), new MemoryKeystore()];
    await to.set(TOKEN_KEY, 'of before');
    const get = from.get.bind(from);
    from.get = (key) => (key.account === 'c' ? Promise.reject(new Error('torn')) : get(key));
    await expect(moveSecrets({ keys: KEYS, from, to, toIsInUse: false })).rejects.toThrow('torn');
    expect([...to.secrets.values()]).toEqual(['of before']);
  });

  it('that was cut short goes on, and takes nothing that is older than what is there', async () => {
    const [from, to] = [await filled(), new MemoryKeystore()];
    await to.set(TOKEN_KEY, 'newer');
    await to.set(SERVERS[0]!, 'p12 of a');
    const moved = await moveSecrets({ keys: KEYS, from, to, toIsInUse: true });
    expect(moved).toEqual({ count: 3, differing: [TOKEN_KEY] });
    expect(await to.get(TOKEN_KEY)).toBe('newer');
    expect([...from.secrets.values()]).toEqual(['token']);
  });
});
