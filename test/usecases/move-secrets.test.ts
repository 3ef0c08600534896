import { describe, expect, it } from 'vitest';
import { loginKey, p12PasswordKey, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { provisioningLockPath, takeLock } from '../../src/services/provisioning/worker/lock.js';
import { moveToOs, moveToVault } from '../../src/usecases/move-secrets.js';
import { EDGE } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { chosenStores, PASSPHRASE, type TestStores } from './stores.js';
import { type TestWork, testWork } from './work.js';

const NEW: Answer = { secret: 'New passphrase of the vault', text: PASSPHRASE };
const P12 = p12PasswordKey(EDGE.id);

function workOn({ stores, home }: TestStores, ...answers: readonly Answer[]): TestWork {
  return testWork({ stores, servers: [EDGE], facts: { home } }, ...answers);
}

async function filled(): Promise<TestStores> {
  const made = await chosenStores('none');
  await made.os.set(TOKEN_KEY, 'token');
  await made.os.set(P12, 'password');
  return made;
}

describe('moveToVault', () => {
  it('creates the vault, moves the token and each password, and leaves none behind', async () => {
    const made = await filled();
    const { work, face, news } = workOn(made, NEW);
    await moveToVault(work);
    expect(await made.stores.vault.get(TOKEN_KEY)).toBe('token');
    expect(await made.stores.vault.get(P12)).toBe('password');
    expect(await made.os.get(TOKEN_KEY)).toBeUndefined();
    expect(face.said).toEqual(['Moved 2 secrets to the encrypted vault.']);
    expect(news).toEqual([{ kind: 'store-changed' }]);
    face.finish();
  });

  it('moves the key that a recovery waits to be let in with', async () => {
    const made = await filled();
    await made.os.set(loginKey(EDGE.id), 'login');
    await moveToVault(workOn(made, NEW).work);
    expect(await made.stores.vault.get(loginKey(EDGE.id))).toBe('login');
    expect(await made.os.get(loginKey(EDGE.id))).toBeUndefined();
  });

  it('keeps the newer secret of a vault that is in use', async () => {
    const made = await chosenStores('locked');
    await made.stores.vault.unlock(PASSPHRASE);
    await made.stores.vault.set(TOKEN_KEY, 'newer');
    await made.os.set(TOKEN_KEY, 'older');
    const { work, face } = workOn(made);
    await moveToVault(work);
    expect(await made.stores.vault.get(TOKEN_KEY)).toBe('newer');
    expect(await made.os.get(TOKEN_KEY)).toBe('older');
    expect(face.said[1]).toContain('Kept the newer com.portlama.cloud / digitalocean');
  });

  it('leaves no vault behind when it fails', async () => {
    const made = await filled();
    const { work, world } = workOn(made, NEW);
    world.registry.failure = new Error('servers.json is torn.');
    await expect(moveToVault(work)).rejects.toThrow('torn');
    expect(made.stores.vault.exists).toBe(false);
    expect(await made.os.get(TOKEN_KEY)).toBe('token');
  });
});

describe('moveToOs', () => {
  it('moves everything, and removes the vault', async () => {
    const made = await filled();
    await moveToVault(workOn(made, NEW).work);
    const { work, face, news } = workOn(made);
    await moveToOs(work);
    expect(await made.os.get(TOKEN_KEY)).toBe('token');
    expect(await made.os.get(P12)).toBe('password');
    expect(made.stores.vault.exists).toBe(false);
    expect(face.said).toEqual([
      'Moved 2 secrets to Secret Service (GNOME Keyring).',
      'The vault is removed.',
    ]);
    expect(news).toEqual([{ kind: 'store-changed' }]);
  });

  it.each([
    ['a locked vault', 'vault-locked', async () => undefined],
    [
      'a store that does not work',
      'no-dbus',
      async ({ os }: TestStores) => {
        const broken = await chosenStores('none', 'broken');
        os.failure = broken.os.failure;
      },
    ],
    [
      'a provisioning that runs',
      'provisioning-in-progress',
      async ({ stores, home }: TestStores) => {
        await stores.vault.unlock(PASSPHRASE);
        await takeLock(provisioningLockPath(home));
      },
    ],
  ])('moves nothing with %s', async (_, code, arrange) => {
    const made = await chosenStores('locked');
    await arrange(made);
    const { work, face } = workOn(made);
    await expect(moveToOs(work)).rejects.toMatchObject({ code });
    expect(made.stores.vault.exists).toBe(true);
    expect(face.said).toEqual([]);
  });

  it('refuses where there is no vault', async () => {
    const { work } = workOn(await chosenStores('none'));
    await expect(moveToOs(work)).rejects.toMatchObject({ code: 'vault-missing' });
  });
});
