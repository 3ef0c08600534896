import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { operationKey, p12PasswordKey } from '../../src/services/keystore/keystore.js';
import type { VaultKeystore } from '../../src/services/keystore/vault-keystore.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { filesWith, ProcessWatch, secretsIn } from '../leaks/watch.js';
import { PASSPHRASE, runWithPassphrase, vaultIn } from './vault-home.js';

const PROVISION = ['provision', '--region', 'fra1', '--label', 'edge'];
const VAULT = { PORTLAMA_KEYSTORE: 'vault' };

function environment({ folder, realHome }: RunningSandbox): Record<string, string> {
  const paths = { HOME: folder, TMPDIR: folder, PORTLAMA_HOME: realHome };
  return { ...paths, PORTLAMA_SANDBOX_DELAYS: '0.2', ...VAULT };
}

async function savedServer({ home }: RunningSandbox): Promise<ServerEntry> {
  const [server] = JSON.parse(await readFile(join(home, 'servers.json'), 'utf8')) as ServerEntry[];
  return server!;
}

/** The worker of the one operation is killed while it installs; resolves to the operation's id. */
async function killedProvisioning(sandbox: RunningSandbox): Promise<string> {
  const running = sandbox.run(PROVISION, { env: VAULT });
  const folder = join(sandbox.home, 'operations');
  const journal = async (): Promise<string> => {
    const [id] = await readdir(folder).catch(() => []);
    return id === undefined ? '' : await readFile(join(folder, id, 'journal.ndjson'), 'utf8');
  };
  await expect.poll(journal, { timeout: 20_000 }).toContain('"step":"install_portlama"');
  const worker = (await journal()).split('\n').find((line) => line.includes('"worker"')) ?? '';
  process.kill((JSON.parse(worker) as { pid: number }).pid, 'SIGKILL');
  expect((await running).exitCode).toBe(1);
  return (await readdir(folder))[0]!;
}

/** Every secret that is in the vault now, and its passphrase. */
async function secretsOf(vault: VaultKeystore): Promise<Map<string, string>> {
  const secrets = new Map([['passphrase', PASSPHRASE]]);
  for (const key of await vault.listKeys()) {
    const secret = (await vault.get(key)) ?? '';
    if (key.service !== 'com.portlama.operation') secrets.set(key.service, secret);
    else {
      const keys = JSON.parse(secret) as Record<string, string>;
      for (const [name, text] of Object.entries(keys)) secrets.set(name, text);
    }
  }
  return secrets;
}

describe('a provisioning with the vault', () => {
  it('needs no passphrase; looking at the server afterwards does', async () => {
    const sandbox = await runningSandbox('0.2');
    const vault = await vaultIn(sandbox.home);
    const made = await sandbox.run(PROVISION, { env: VAULT });
    expect(made.stderr).toBe('');
    expect(made.exitCode).toBe(0);
    expect((await vault.listKeys()).map(({ service }) => service)).toEqual(['com.portlama.server']);
    const { id } = await savedServer(sandbox);
    expect(await vault.get(p12PasswordKey(id))).toBeTypeOf('string');
    const locked = await sandbox.run(['servers'], { env: VAULT });
    expect(locked.stdout).toContain('certificate needed: The vault is locked');
    const open = await runWithPassphrase(['--sandbox', 'servers'], environment(sandbox));
    expect(open.stdout).toMatch(/^edge +yes .* online/m);
    const wrong = await runWithPassphrase(['--sandbox', 'servers'], environment(sandbox), 'wrong');
    expect(wrong.stdout).toContain('not the passphrase of the vault');
  });

  it('that was killed is resumed with the passphrase, and its secrets are nowhere in the clear', async () => {
    const sandbox = await runningSandbox('0.2');
    const vault = await vaultIn(sandbox.home);
    const watch = new ProcessWatch(sandbox.folder);
    onTestFinished(() => watch.stop());
    const id = await killedProvisioning(sandbox);
    expect(await vault.get(operationKey(id))).toBeTypeOf('string');
    const secrets = await secretsOf(vault);
    const locked = await sandbox.run(['operations', 'resume', id], { env: VAULT });
    expect(locked.exitCode).toBe(1);
    expect(locked.stderr).toContain('The vault is locked');
    const args = ['--sandbox', 'operations', 'resume', id];
    const resumed = await runWithPassphrase(args, environment(sandbox));
    expect(resumed.stderr).toBe('');
    expect(resumed.exitCode).toBe(0);
    expect(await vault.get(operationKey(id))).toBeUndefined();
    for (const [name, secret] of await secretsOf(vault)) secrets.set(name, secret);
    secrets.set('identity', (await vault.requireKey()).identity);
    watch.stop();
    expect([...secrets.keys()].sort()).toEqual([
      'com.portlama.server',
      'hostPrivateKey',
      'identity',
      'passphrase',
      'privateKey',
    ]);
    expect(await filesWith(sandbox.folder, secrets)).toEqual([]);
    const seen = [...watch.seen.values()];
    expect(seen.some(({ commandLine }) => commandLine.includes('main.js worker '))).toBe(true);
    for (const { commandLine, environment: variables } of seen)
      expect(secretsIn(commandLine + variables, secrets)).toEqual([]);
    expect(secretsIn(resumed.stdout + locked.stdout + locked.stderr, secrets)).toEqual([]);
  });

  it('that was killed is cleaned up without the passphrase', async () => {
    const sandbox = await runningSandbox('0.2');
    const vault = await vaultIn(sandbox.home);
    const id = await killedProvisioning(sandbox);
    const cleaned = await sandbox.run(['operations', 'cleanup', id], { env: VAULT });
    expect(cleaned.stdout).toContain('nothing is left that costs money');
    expect(cleaned.exitCode).toBe(0);
    expect(await vault.count()).toBe(0);
  });
});
