import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import {
  operationKey,
  p12PasswordKey,
  TOKEN_KEY,
} from '../../../src/services/keystore/keystore.js';
import {
  changePassphrase,
  createVault,
  removeVault,
} from '../../../src/services/keystore/vault-change.js';
import { hasVault } from '../../../src/services/keystore/vault-files.js';
import { passphraseRecipient } from '../../../src/services/keystore/vault-format.js';
import { openVault } from '../../../src/services/keystore/vault-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { EASY, errorOf, madeVault, PASSPHRASE, vaultOf } from './vault.js';

const SERVER = p12PasswordKey('3f1f0c52-3c3f-4e0e-9b59-3c7f1f3f0a11');
const TOKEN_FILE = 'vault/com.portlama.cloud@digitalocean.age';

async function allFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('an unlocked vault', () => {
  it('keeps a secret of any text, replaces and forgets it', async () => {
    const { vault } = await madeVault();
    const secret = '-----BEGIN KEY-----\n"ümlaut" \\ $x\u0000\n-----END KEY-----\n';
    expect(await vault.get(TOKEN_KEY)).toBeUndefined();
    await vault.set(TOKEN_KEY, 'first');
    await vault.set(TOKEN_KEY, secret);
    expect(await vault.get(TOKEN_KEY)).toBe(secret);
    expect(await vault.delete(TOKEN_KEY)).toBe(true);
    expect(await vault.delete(TOKEN_KEY)).toBe(false);
    expect(await vault.get(TOKEN_KEY)).toBeUndefined();
  });

  it('gives another process what this one stored', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SERVER, 'p12');
    expect(await (await vaultOf(home)).get(SERVER)).toBe('p12');
  });

  it('takes accounts that are no file names, and keeps those apart that differ in case only', async () => {
    const { home, vault } = await madeVault();
    const odd = ['../../escape', 'a/b', 'Ä', 'x'.repeat(500), '', 'ID', 'id', '.', 'a\u0000b'];
    for (const account of odd) await vault.set(p12PasswordKey(account), `secret of ${account}`);
    for (const account of odd)
      expect(await vault.get(p12PasswordKey(account))).toBe(`secret of ${account}`);
    const listed = await vault.listKeys();
    expect(listed.map(({ account }) => account).sort()).toEqual([...odd].sort());
    const names = (await allFiles(home)).map((path) => path.slice(home.length + 1).toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect((await readdir(home)).sort()).toEqual(['vault', 'vault.age']);
  });

  it('passes the probe and leaves nothing of it behind', async () => {
    const { vault } = await madeVault();
    await vault.probe();
    expect(await vault.count()).toBe(0);
  });

  it('never writes a secret in the clear, under names that say nothing secret, and privately', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'planted-secret-token');
    const files = await allFiles(home);
    expect(files.length).toBe(3);
    for (const file of files) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const content = await readFile(file, 'latin1');
      for (const planted of ['planted-secret-token', 'AGE-SECRET-KEY', PASSPHRASE]) {
        expect(content).not.toContain(planted);
        expect(content).not.toContain(Buffer.from(planted).toString('base64').slice(0, -4));
      }
    }
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, 'vault'))).mode & 0o777).toBe(0o700);
  });
});

describe('a locked vault', () => {
  it('stores, forgets and proves itself without the passphrase, and reads what it stored itself', async () => {
    const { home } = await madeVault();
    const worker = await vaultOf(home, 'locked');
    await worker.probe();
    await worker.set(operationKey('0123456789abcdef'), 'temporary keys');
    await worker.set(SERVER, 'p12');
    expect(await worker.get(SERVER)).toBe('p12');
    expect(await worker.delete(operationKey('0123456789abcdef'))).toBe(true);
    expect(worker.isUnlocked).toBe(false);
    const later = await vaultOf(home);
    expect(await later.get(SERVER)).toBe('p12');
    expect(await later.get(operationKey('0123456789abcdef'))).toBeUndefined();
  });

  it('says that it is locked when something of an earlier process is read, not when there is nothing', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SERVER, 'p12');
    const other = await vaultOf(home, 'locked');
    expect(await other.get(TOKEN_KEY)).toBeUndefined();
    const error = await errorOf(other.get(SERVER));
    expect(error.code).toBe('vault-locked');
    expect(error.hint).toContain('PORTLAMA_VAULT_PASSPHRASE_FD');
  });

  it('does not give back what it stored once another process replaced it', async () => {
    const { home, vault } = await madeVault();
    const worker = await vaultOf(home, 'locked');
    await worker.set(SERVER, 'old');
    await vault.set(SERVER, 'new');
    expect((await errorOf(worker.get(SERVER))).code).toBe('vault-locked');
    await worker.unlock(PASSPHRASE);
    expect(await worker.get(SERVER)).toBe('new');
  });

  it('asks once for many reads that come together, and again after it failed', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SERVER, 'p12');
    const other = await vaultOf(home, 'locked');
    let asked = 0;
    other.unlockBy(async () => {
      asked++;
      await other.unlock(asked === 1 ? 'not the passphrase at all' : PASSPHRASE);
    });
    const reads = [other.get(SERVER), other.get(SERVER), other.get(SERVER)];
    for (const error of await Promise.all(reads.map(errorOf)))
      expect(error.code).toBe('vault-passphrase-wrong');
    expect(await Promise.all([other.get(SERVER), other.get(SERVER)])).toEqual(['p12', 'p12']);
    expect(asked).toBe(2);
  });

  it('opens with the key that another process hands over', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SERVER, 'p12');
    const worker = await vaultOf(home, 'locked');
    await worker.unlockWithKey((await vault.requireKey()).identity);
    expect(await worker.get(SERVER)).toBe('p12');
  });
});

describe('the passphrase', () => {
  it('that is wrong is said so, and the vault is still there', async () => {
    const { home, vault } = await madeVault('locked');
    const error = await errorOf(vault.unlock('wrong-passphrase'));
    expect(error.code).toBe('vault-passphrase-wrong');
    expect(JSON.stringify([error.message, error.hint])).not.toContain('wrong-passphrase');
    expect(vault.isUnlocked).toBe(false);
    expect(await (await vaultOf(home)).count()).toBe(0);
  });

  it('can be changed, and only the new one opens it', async () => {
    const { home, vault } = await madeVault();
    await vault.set(SERVER, 'p12');
    const change = { home, clock: systemClock, ...EASY };
    expect((await errorOf(changePassphrase(change, 'wrong', 'x'))).code).toBe(
      'vault-passphrase-wrong',
    );
    await changePassphrase(change, PASSPHRASE, 'another passphrase');
    const other = await vaultOf(home, 'locked');
    expect((await errorOf(other.unlock(PASSPHRASE))).code).toBe('vault-passphrase-wrong');
    await other.unlock('another passphrase');
    expect(await other.get(SERVER)).toBe('p12');
  });

  it('is not tried where that would take more work than bounded', async () => {
    const { home, vault } = await madeVault('locked');
    const path = join(home, 'vault.age');
    const file = await readFile(path, 'latin1');
    const dearer = file.replace(/^(-> scrypt \S+) 6$/m, '$1 21');
    expect(dearer).not.toBe(file);
    await writeFile(path, dearer, 'latin1');
    expect((await errorOf(vault.unlock(PASSPHRASE))).code).toBe('vault-work-factor');
  });

  it('takes real work by default', async () => {
    const { home } = { home: join(await temporaryFolder(), 'portlama') };
    await createVault({ home, clock: systemClock }, PASSPHRASE);
    expect(await readFile(join(home, 'vault.age'), 'latin1')).toMatch(/^-> scrypt \S+ 18$/m);
  });

  it('makes a stanza of the form that age demands', async () => {
    const [stanza] = await (await passphraseRecipient('x', 4)).wrapFileKey(new Uint8Array(16));
    expect(stanza?.args).toEqual(['scrypt', expect.stringMatching(/^[A-Za-z0-9+/]{22}$/), '4']);
    expect(stanza?.body.length).toBe(32);
  });
});

describe('a damaged vault', () => {
  it('is never overwritten: not its key, not a secret, and other secrets can still be read', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    await vault.set(SERVER, 'p12');
    const path = join(home, TOKEN_FILE);
    for (const damage of ['', 'not an age file', (await readFile(path, 'latin1')).slice(0, 40)]) {
      await writeFile(path, damage, 'latin1');
      for (const other of [vault, await vaultOf(home, 'locked')]) {
        const isHeaderWhole = damage.length === 40;
        // Without the passphrase a file whose beginning is whole cannot be told from a good one.
        if (isHeaderWhole && !other.isUnlocked) continue;
        const error = await errorOf(other.set(TOKEN_KEY, 'new'));
        expect(error.code).toBe('vault-damaged');
        expect(error.message).toContain(path);
      }
      expect((await errorOf(vault.get(TOKEN_KEY))).code).toBe('vault-damaged');
      expect(await readFile(path, 'latin1')).toBe(damage);
    }
    expect(await vault.get(SERVER)).toBe('p12');
  });

  it('is found out at every byte of a secret and of the key file', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    for (const name of [TOKEN_FILE, 'vault.age']) {
      const path = join(home, name);
      const whole = await readFile(path);
      for (let at = 0; at < whole.length; at += 3) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        await writeFile(path, damaged);
        const other = openVault({ home, clock: systemClock });
        const error = await errorOf(other.unlock(PASSPHRASE).then(() => other.get(TOKEN_KEY)));
        // A damaged salt, or the wrapped key, is the same as a wrong passphrase to anybody.
        const codes = ['vault-damaged', 'vault-passphrase-wrong', 'vault-work-factor'];
        expect(name === TOKEN_FILE ? ['vault-damaged'] : codes, `byte ${at} of ${name}`).toContain(
          error.code,
        );
      }
      for (const length of [0, 1, 25, 60, whole.length - 1]) {
        await writeFile(path, whole.subarray(0, length));
        const other = openVault({ home, clock: systemClock });
        const error = await errorOf(other.unlock(PASSPHRASE).then(() => other.get(TOKEN_KEY)));
        expect(error.code).toBe('vault-damaged');
      }
      await writeFile(path, whole);
    }
    expect(await (await vaultOf(home)).get(TOKEN_KEY)).toBe('token');
  });

  it('takes no secret while its key file is damaged', async () => {
    const { home, vault } = await madeVault('locked');
    await writeFile(join(home, 'vault.age'), 'garbage');
    expect((await errorOf(vault.set(TOKEN_KEY, 'token'))).code).toBe('vault-damaged');
    expect(await readdir(join(home, 'vault'))).toEqual(['recipient.txt']);
    expect(await readFile(join(home, 'vault.age'), 'utf8')).toBe('garbage');
    const remake = createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE);
    expect((await errorOf(remake)).code).toBe('vault-exists');
  });

  it('takes a secret in the place of another one for damage', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    await vault.set(SERVER, 'p12');
    const other = (await allFiles(home)).find((path) => path.includes(SERVER.account)) ?? '';
    await writeFile(join(home, TOKEN_FILE), await readFile(other));
    expect((await errorOf(vault.get(TOKEN_KEY))).code).toBe('vault-damaged');
  });

  it('encrypts to nobody else: a foreign recipient is refused as soon as that can be known', async () => {
    const { home, vault } = await madeVault();
    const foreign = await madeVault();
    const path = join(home, 'vault', 'recipient.txt');
    await writeFile(path, await readFile(join(foreign.home, 'vault', 'recipient.txt')));
    expect((await errorOf(vault.set(TOKEN_KEY, 'token'))).message).toContain(path);
    for (const text of ['', 'age1', `age1${'b'.repeat(58)}`, 'ssh-ed25519 AAAA']) {
      await writeFile(path, text);
      expect((await errorOf((await vaultOf(home, 'locked')).set(TOKEN_KEY, 'x'))).code).toBe(
        'vault-damaged',
      );
    }
    expect(await vault.count()).toBe(0);
  });

  it('gets its lost recipient back when it is opened', async () => {
    const { home } = await madeVault();
    await rm(join(home, 'vault'), { recursive: true });
    expect((await errorOf((await vaultOf(home, 'locked')).set(TOKEN_KEY, 'x'))).code).toBe(
      'vault-damaged',
    );
    const vault = await vaultOf(home);
    await vault.set(TOKEN_KEY, 'token');
    expect(await vault.get(TOKEN_KEY)).toBe('token');
  });

  it('is not made anew over the secrets of a lost key', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    await rename(join(home, 'vault.age'), join(home, 'lost'));
    const error = await errorOf(createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE));
    expect(error.code).toBe('vault-key-missing');
    await rename(join(home, 'lost'), join(home, 'vault.age'));
    expect(await vault.get(TOKEN_KEY)).toBe('token');
  });
});

describe('files in the way', () => {
  it('that are symbolic links are refused, and what they point to is not touched', async () => {
    const { home, vault } = await madeVault();
    const target = join(home, '..', 'target');
    await writeFile(target, 'untouched');
    await symlink(target, join(home, TOKEN_FILE));
    await expect(vault.set(TOKEN_KEY, 'token')).rejects.toMatchObject({ code: 'symbolic-link' });
    await expect(vault.get(TOKEN_KEY)).rejects.toMatchObject({ code: 'symbolic-link' });
    await rename(join(home, 'vault'), join(home, '..', 'elsewhere'));
    await symlink(join(home, '..', 'elsewhere'), join(home, 'vault'));
    const calls = [
      () => vault.set(SERVER, 'x'),
      () => vault.get(SERVER),
      () => vault.delete(SERVER),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'symbolic-link' });
    expect(await readFile(target, 'utf8')).toBe('untouched');
  });

  it('make a link with the name of the key file no vault to write through', async () => {
    const home = join(await temporaryFolder(), 'portlama');
    await mkdir(home, { mode: 0o700 });
    await symlink('/nonexistent', join(home, 'vault.age'));
    expect(hasVault(home)).toBe(true);
    const error = await errorOf(createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE));
    expect(error.code).toBe('vault-exists');
  });
});

describe('removing a vault', () => {
  it('leaves nothing of it, and what is not its own', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'token');
    await writeFile(join(home, 'vault', 'notes.txt'), 'mine');
    await removeVault({ home, clock: systemClock });
    expect(hasVault(home)).toBe(false);
    expect(await readdir(join(home, 'vault'))).toEqual(['notes.txt']);
    await createVault({ home, clock: systemClock, ...EASY }, 'a second passphrase');
    expect(hasVault(home)).toBe(true);
  });
});
