import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hintParts } from '../../../src/core/hint.js';
import { systemClock } from '../../../src/core/time.js';
import {
  type ChooseOptions,
  chooseKeystore,
} from '../../../src/services/keystore/choose-keystore.js';
import { KeystoreError, TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { createOsKeystore } from '../../../src/services/keystore/os-keystore.js';
import { createVault } from '../../../src/services/keystore/vault-change.js';
import { startKeyringSession } from '../../fixtures/keyring/start.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import { MemoryKeystore } from '../../fixtures/memory-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { EASY, errorOf, madeVault, PASSPHRASE } from './vault.js';

const NO_BUS = new KeystoreError({ code: 'no-dbus', message: 'No bus.', hint: 'Start one.' });

/** A store that counts how often it is probed. */
class CountingStore extends MemoryKeystore {
  probes = 0;
  override probe(): Promise<void> {
    this.probes++;
    return super.probe();
  }
}

async function choice(options: Partial<ChooseOptions> = {}) {
  const home = options.home ?? join(await temporaryFolder(), 'portlama');
  const os = new CountingStore();
  const defaults = { home, os, clock: systemClock, wish: 'auto', ...EASY } as const;
  return { home, os, stores: chooseKeystore({ ...defaults, ...options }) };
}

describe('the choice of the store', () => {
  it('is the operating system’s where it works, probed once', async () => {
    const { os, stores } = await choice();
    expect(stores.chosen).toBeUndefined();
    await Promise.all([stores.set(TOKEN_KEY, 'token'), stores.get(TOKEN_KEY), stores.choose()]);
    expect(stores.chosen).toBe(os);
    expect(stores.title).toBe(os.title);
    expect(await os.get(TOKEN_KEY)).toBe('token');
    expect(os.probes).toBe(1);
  });

  it('is the vault where there is one, without asking the other store', async () => {
    const { home } = await madeVault();
    const { os, stores } = await choice({ home });
    await stores.set(TOKEN_KEY, 'token');
    expect(stores.kind).toBe('vault');
    expect(await stores.vault.count()).toBe(1);
    expect(os.probes).toBe(0);
  });

  it('stays the vault when that is locked or damaged, although the other store would work', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    const { os, stores } = await choice({ home });
    await os.set(TOKEN_KEY, 'another');
    expect((await errorOf(stores.get(TOKEN_KEY))).code).toBe('vault-locked');
    expect((await errorOf(stores.vault.unlock('wrong'))).code).toBe('vault-passphrase-wrong');
    expect(stores.kind).toBe('vault');
  });

  it('stays the operating system’s when that fails later', async () => {
    const { os, stores } = await choice();
    await stores.choose();
    os.get = () => Promise.reject(NO_BUS);
    expect((await errorOf(stores.get(TOKEN_KEY))).code).toBe('no-dbus');
    expect(stores.kind).toBe(os.kind);
  });

  it('is nobody’s where neither is there: the error names both ways, and nothing is written', async () => {
    const { home, os, stores } = await choice();
    os.failure = NO_BUS;
    const calls = [
      () => stores.get(TOKEN_KEY),
      () => stores.set(TOKEN_KEY, 'x'),
      () => stores.delete(TOKEN_KEY),
      () => stores.probe(),
    ];
    for (const call of calls) {
      const error = await errorOf(call());
      expect(error).toMatchObject({ code: 'no-dbus', message: 'No bus.' });
      const [first, second] = hintParts(error.hint);
      expect(first).toContain('Start one.');
      expect(second).toMatchObject({ command: 'vault.init' });
    }
    expect(stores.chosen).toBeUndefined();
    expect(os.secrets.size).toBe(0);
    await expect(mkdir(home)).resolves.toBeUndefined();
    // Many callers, one probe.
    expect(os.probes).toBe(1);
  });

  it('looks again after a while at a store that did not work', async () => {
    const clock = new ManualClock();
    const { os, stores } = await choice({ clock });
    os.failure = NO_BUS;
    await errorOf(stores.choose());
    os.failure = undefined;
    await errorOf(stores.choose());
    clock.advance(11_000);
    expect(await stores.choose()).toBe(os);
    expect(os.probes).toBe(2);
  });

  it('is what the person decides: memory', async () => {
    const { os, stores } = await choice();
    os.failure = NO_BUS;
    await errorOf(stores.set(TOKEN_KEY, 'token'));
    stores.useSession();
    await stores.set(TOKEN_KEY, 'token');
    expect(await stores.get(TOKEN_KEY)).toBe('token');
    expect(stores.kind).toBe('session');
    expect(stores.title).toContain('this session only');
  });

  it('is what the person decides: a vault made now, open already', async () => {
    const { os, stores } = await choice();
    os.failure = NO_BUS;
    await errorOf(stores.set(TOKEN_KEY, 'token'));
    await stores.createVault(PASSPHRASE);
    await stores.set(TOKEN_KEY, 'token');
    expect(await stores.get(TOKEN_KEY)).toBe('token');
    expect(stores.vault.isUnlocked).toBe(true);
  });

  it('loses nothing that is stored in memory while that is moved into a vault', async () => {
    const { os, stores } = await choice();
    os.failure = NO_BUS;
    stores.useSession();
    const key = (account: string) => ({ service: 'com.portlama.server', account });
    const stored: string[] = [];
    const progress = { isMade: false };
    const making = stores.createVault(PASSPHRASE).then(() => (progress.isMade = true));
    while (!progress.isMade) {
      await stores.set(key(`server-${stored.length}`), 'a password');
      stored.push(`server-${stored.length}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await making;
    const found = await Promise.all(stored.map((account) => stores.get(key(account))));
    expect(stored.length).toBeGreaterThan(2);
    expect(found.filter((secret) => secret === undefined)).toEqual([]);
  });

  it('takes up a vault that another program made meanwhile', async () => {
    const clock = new ManualClock();
    const { home, os, stores } = await choice({ clock });
    os.failure = NO_BUS;
    await errorOf(stores.choose());
    await createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE);
    expect((await stores.choose()).kind).toBe('vault');
  });

  it('can be demanded, and is then never another one', async () => {
    const { home } = await madeVault();
    const demanded = await choice({ home, wish: 'os' });
    demanded.os.failure = NO_BUS;
    expect((await errorOf(demanded.stores.probe())).code).toBe('no-dbus');
    const { stores } = await choice({ wish: 'vault' });
    expect(await stores.get(TOKEN_KEY)).toBeUndefined();
    expect((await errorOf(stores.set(TOKEN_KEY, 'x'))).code).toBe('vault-missing');
    expect((await choice({ wish: 'session' })).stores.kind).toBe('session');
  });
});

describe('the choice by real stores', () => {
  it('is GNOME Keyring where that is unlocked', async () => {
    const session = await startKeyringSession();
    await session.startDaemon('keyring-password');
    const os = createOsKeystore({ ...session, answerTimeoutMs: 20_000 });
    const { stores } = await choice({ os });
    await stores.set(TOKEN_KEY, 'token');
    expect(stores.kind).toBe('os');
    const attributes = ['service', TOKEN_KEY.service, 'account', TOKEN_KEY.account];
    expect((await session.secretTool(['lookup', ...attributes])).output).toBe('token');
  });

  it('is nobody’s where the keyring is locked, until there is a vault', async () => {
    const session = await startKeyringSession();
    await session.startDaemon('keyring-password');
    await session.lock();
    const os = createOsKeystore({ ...session, answerTimeoutMs: 20_000 });
    const { home, stores } = await choice({ os });
    const error = await errorOf(stores.choose());
    expect(['locked', 'prompt-needed']).toContain(error.code);
    expect(hintParts(error.hint)).toContainEqual(
      expect.objectContaining({ command: 'vault.init' }),
    );
    await createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE);
    expect((await stores.choose()).kind).toBe('vault');
  });
});
