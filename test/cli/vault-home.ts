import { spawn } from 'node:child_process';
import { systemClock } from '../../src/core/time.js';
import { createVault } from '../../src/services/keystore/vault-change.js';
import { openVault, type VaultKeystore } from '../../src/services/keystore/vault-keystore.js';
import { type Ended, MAIN } from '../fixtures/program.js';

export const PASSPHRASE = 'orbit-candle-mustard-fjord';

/** Makes a vault that takes little work, and opens it. */
export async function vaultIn(home: string, passphrase = PASSPHRASE): Promise<VaultKeystore> {
  await createVault({ home, clock: systemClock, workFactor: 6 }, passphrase);
  const vault = openVault({ home, clock: systemClock });
  await vault.unlock(passphrase);
  return vault;
}

/** Runs the built program with the passphrase on file descriptor 3, so that it is nowhere else. */
export function runWithPassphrase(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  passphrase = PASSPHRASE,
  stdin = '',
  main = MAIN,
): Promise<Ended> {
  return new Promise((fulfil, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env, PORTLAMA_VAULT_PASSPHRASE_FD: '3' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const text = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => fulfil({ exitCode, ...text }));
    const pipe = child.stdio[3] as NodeJS.WritableStream;
    // A command that needs no passphrase ends without reading it.
    pipe.on('error', () => undefined);
    pipe.end(`${passphrase}\n`);
    child.stdin?.end(stdin);
  });
}
