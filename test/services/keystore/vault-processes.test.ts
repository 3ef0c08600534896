import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { createVault } from '../../../src/services/keystore/vault-change.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { EASY, errorOf, madeVault, PASSPHRASE, vaultOf } from './vault.js';

const SCRIPT = join(import.meta.dirname, 'store-many.fixture.mjs');
const SAME = p12PasswordKey('same');

function storeMany(home: string, name: string, count: number): ChildProcess {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return spawn(process.execPath, [SCRIPT, home, name, String(count)], { stdio: [...stdio] });
}

describe('several processes on one vault', () => {
  it('lose nothing of each other', async () => {
    const { home, vault } = await madeVault();
    const names = ['p', 'q'];
    const codes = await Promise.all(
      names.map(async (name) => (await once(storeMany(home, name, 15), 'exit'))[0] as number),
    );
    expect(codes).toEqual([0, 0]);
    const expected = names.flatMap((name) =>
      Array.from({ length: 15 }, (_, at) => `${name}-${at}`),
    );
    const accounts = (await vault.listKeys()).map(({ account }) => account);
    expect(accounts.sort()).toEqual(expected.sort());
    expect(await vault.get(p12PasswordKey('q-14'))).toMatch(/^14:x+$/);
    expect((await readdir(home)).sort()).toEqual(['vault', 'vault.age']);
  });

  it('make one vault when both begin at once', async () => {
    const home = join(await temporaryFolder(), 'portlama');
    const change = { home, clock: systemClock, ...EASY };
    const made = await Promise.allSettled([
      createVault(change, PASSPHRASE),
      createVault(change, PASSPHRASE),
    ]);
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = made.find((result) => result.status === 'rejected');
    expect((await errorOf(Promise.reject(lost?.reason as Error))).code).toBe('vault-exists');
    const vault = await vaultOf(home);
    await vault.set(SAME, 'works');
    expect(await vault.get(SAME)).toBe('works');
  });

  it('leave a whole secret when one is killed in the middle of storing', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SAME, '0:'.padEnd(20_000, 'x'));
    for (let round = 0; round < 12; round++) {
      const child = storeMany(home, 'same', 10_000);
      const exited = once(child, 'exit');
      const lines = createInterface({ input: child.stdout! });
      await once(lines, 'line');
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.kill('SIGKILL');
      await exited;
      expect(await vault.get(SAME)).toMatch(/^\d+:x+$/);
      // The killed process may have held the lock: it is taken over.
      await vault.set(p12PasswordKey(`after-${round}`), 'stored');
    }
    expect(await vault.count()).toBe(13);
  });
});
