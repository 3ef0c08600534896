import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { changePassphrase } from '../../../src/services/keystore/vault-change.js';
import { ptyProgram } from '../../fixtures/terminal/pty-program.js';
import { EASY, madeVault, PASSPHRASE, vaultOf } from './vault.js';

const AGE = '/usr/bin/age';
const run = promisify(execFile);

/** Runs age in a terminal of its own, where it asks for passphrases; its exit code. */
async function ageAsking(args: readonly string[], answers: readonly string[]): Promise<number> {
  const program = ptyProgram({ command: [AGE, ...args] });
  onTestFinished(() => program.kill());
  for (const [index, answer] of answers.entries()) {
    // It wipes each question away once it is answered.
    await program.waitFor(() => (program.output.match(/passphrase/gi) ?? []).length > index);
    program.type(`${answer}\r`);
  }
  return await program.waitForExit();
}

/** What age makes of a file, by the passphrase it asks for. */
async function decrypted(
  home: string,
  args: readonly string[],
  passphrase: string,
): Promise<string> {
  const output = join(home, '..', 'decrypted');
  expect(await ageAsking(['--decrypt', '--output', output, ...args], [passphrase])).toBe(0);
  return await readFile(output, 'utf8');
}

async function secretFiles(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'vault'));
  return names.filter((name) => name.endsWith('.age')).map((name) => join(home, 'vault', name));
}

describe('the age tool', () => {
  it('opens vault.age by its passphrase, and a secret with it', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'planted-token');
    const keyPath = join(home, 'vault.age');
    const key = await decrypted(home, [keyPath], PASSPHRASE);
    expect(key).toMatch(/^AGE-SECRET-KEY-1\w+$/m);
    const [secret = ''] = await secretFiles(home);
    const opened = await decrypted(home, ['--identity', keyPath, secret], PASSPHRASE);
    expect(JSON.parse(opened)).toEqual({ ...TOKEN_KEY, secret: 'planted-token' });
  });

  it('opens it after a change of the passphrase made by the program', async () => {
    const { home } = await madeVault();
    await changePassphrase({ home, clock: systemClock, ...EASY }, PASSPHRASE, 'a newer passphrase');
    const key = await decrypted(home, [join(home, 'vault.age')], 'a newer passphrase');
    expect(key).toContain('AGE-SECRET-KEY-1');
  });

  it('may change the passphrase itself, armored too', async () => {
    const { home, vault } = await madeVault();
    await vault.set(TOKEN_KEY, 'planted-token');
    const plain = join(home, '..', 'key.txt');
    const { identity } = await vault.requireKey();
    await writeFile(plain, `${identity}\n`, { mode: 0o600 });
    const args = ['--passphrase', '--armor', '--output', join(home, 'vault.age'), plain];
    expect(await ageAsking(args, ['made-by-age-itself', 'made-by-age-itself'])).toBe(0);
    expect(await readFile(join(home, 'vault.age'), 'utf8')).toContain('BEGIN AGE ENCRYPTED FILE');
    const other = await vaultOf(home, 'locked');
    await other.unlock('made-by-age-itself');
    expect(await other.get(TOKEN_KEY)).toBe('planted-token');
  });

  it('may add a secret by the recipient alone', async () => {
    const { home, vault } = await madeVault();
    const text = JSON.stringify({ ...TOKEN_KEY, secret: 'added with age' });
    const file = join(home, 'vault', 'com.portlama.cloud@digitalocean.age');
    const recipients = join(home, 'vault', 'recipient.txt');
    const encrypting = run(AGE, ['--encrypt', '--recipients-file', recipients, '--output', file]);
    encrypting.child.stdin?.end(text);
    await encrypting;
    expect(await vault.get(TOKEN_KEY)).toBe('added with age');
  });
});
