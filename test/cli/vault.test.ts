import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { openVault } from '../../src/services/keystore/vault-keystore.js';
import { type KeyringSession, startKeyringSession } from '../fixtures/keyring/start.js';
import { type Ended, MAIN, runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { serverEntry } from '../services/registry/server-entry.js';
import { PASSPHRASE, runWithPassphrase, vaultIn } from './vault-home.js';

const NEWER = 'velvet-sixteen-harbour-lynx';
/** Making a vault takes real work, twice. */
const PATIENCE_MS = 60_000;
const TOKEN = ['service', 'com.portlama.cloud', 'account', 'digitalocean'];
const P12 = ['service', 'com.portlama.server', 'account', serverEntry().id];

async function newHome(): Promise<{ home: string; env: Record<string, string> }> {
  const folder = await temporaryFolder();
  const home = join(folder, 'portlama');
  return { home, env: { HOME: folder, PORTLAMA_HOME: home } };
}

/** A home folder with one server, whose secrets and the token are in a real keyring. */
async function homeWithKeyring(): Promise<{
  readonly home: string;
  readonly env: Record<string, string>;
  readonly session: KeyringSession;
}> {
  const session = await startKeyringSession();
  await session.startDaemon('keyring-password');
  const { home } = await newHome();
  const env = { ...(session.environment as Record<string, string>), PORTLAMA_HOME: home };
  await mkdir(home, { mode: 0o700 });
  const servers = join(home, 'servers.json');
  await writeFile(servers, JSON.stringify([serverEntry()]), { mode: 0o600 });
  await session.secretTool(['store', '--label=Token', ...TOKEN], 'token-of-the-desktop-app');
  await session.secretTool(['store', '--label=P12', ...P12], 'p12-of-the-desktop-app');
  return { home, env, session };
}

const lookup = async (session: KeyringSession, attributes: string[]): Promise<string> =>
  (await session.secretTool(['lookup', ...attributes])).output;

async function opensWith(home: string, passphrase: string): Promise<boolean> {
  const vault = openVault({ home, clock: systemClock });
  return await vault.unlock(passphrase).then(
    () => true,
    () => false,
  );
}

describe('vault', () => {
  it(
    'init makes one from standard input, once, and refuses what protects nothing',
    async () => {
      const { home, env } = await newHome();
      const weak = await runProgram(['vault', 'init'], { env, stdin: 'summer2024!\n' });
      expect(weak.exitCode).toBe(2);
      expect(weak.stderr).toMatch(/is too weak \(about \d+ bits[^]*five or six unrelated words/);
      expect(weak.stderr).not.toContain('summer2024');
      expect(await readdir(join(home, '..'))).toEqual([]);
      const made = await runProgram(['vault', 'init'], { env, stdin: `${PASSPHRASE}\n` });
      expect(made.stderr).toBe('');
      expect(made.exitCode).toBe(0);
      expect(await opensWith(home, PASSPHRASE)).toBe(true);
      expect((await stat(join(home, 'vault.age'))).mode & 0o777).toBe(0o600);
      const again = await runProgram(['vault', 'init'], { env, stdin: `${NEWER}\n` });
      expect(again.stderr).toMatch(/A vault already exists.*\n.*vault passphrase/);
      expect(await opensWith(home, PASSPHRASE)).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'init asks twice at a terminal, shows the strength, and never the passphrase',
    async () => {
      const { home, env } = await newHome();
      const program = ptyProgram({
        command: [process.execPath, MAIN, 'vault', 'init'],
        env: { PATH: process.env['PATH'], ...env },
        columns: 140,
      });
      onTestFinished(() => program.kill());
      const shown = (text: string, times: number) => (): boolean =>
        program.output.split(text).length > times;
      await program.waitFor(shown('New passphrase of the vault:', 1));
      program.type('qwertyuiop\r');
      await program.waitFor('is too weak');
      await program.waitFor(shown('New passphrase of the vault:', 2));
      program.type(`${PASSPHRASE}\r`);
      await program.waitFor('Strength: fair');
      await program.waitFor(shown('Repeat passphrase:', 1));
      program.type('something else\r');
      await program.waitFor('The passphrases do not match.');
      await program.waitFor(shown('New passphrase of the vault:', 3));
      program.type(`${PASSPHRASE}\r`);
      await program.waitFor(shown('Repeat passphrase:', 2));
      program.type(`${PASSPHRASE}\r`);
      await program.waitFor('Its key is');
      expect(await program.waitForExit()).toBe(0);
      for (const typed of [PASSPHRASE, 'qwertyuiop', 'something else'])
        expect(program.output).not.toContain(typed);
      expect(await opensWith(home, PASSPHRASE)).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'passphrase changes it: the old one by its source, the new one from standard input',
    async () => {
      const { home, env } = await newHome();
      const vault = await vaultIn(home);
      await vault.set(TOKEN_KEY, 'kept');
      const change = (passphrase: string): Promise<Ended> =>
        runWithPassphrase(['vault', 'passphrase'], env, passphrase, `${NEWER}\n`);
      const wrong = await change('wrong');
      expect(wrong.exitCode).toBe(1);
      expect(wrong.stderr).toContain('not the passphrase of the vault');
      expect(await opensWith(home, PASSPHRASE)).toBe(true);
      const changed = await change(PASSPHRASE);
      expect(changed.stderr).toBe('');
      expect(changed.stdout).toContain('Changed the passphrase');
      expect(await opensWith(home, PASSPHRASE)).toBe(false);
      expect(await opensWith(home, NEWER)).toBe(true);
      const nobody = await runProgram(['vault', 'passphrase'], { env, stdin: `${NEWER}\n` });
      expect(nobody.stderr).toContain('The vault is locked');
    },
    PATIENCE_MS,
  );

  it('is asked for at a terminal when something is read, three times at most', async () => {
    const { home, env } = await newHome();
    const vault = await vaultIn(home);
    await vault.set(TOKEN_KEY, 'no token of DigitalOcean');
    const program = ptyProgram({
      command: [process.execPath, MAIN, 'token', 'check'],
      env: { PATH: process.env['PATH'], ...env, DIGITALOCEAN_API_URL: 'http://127.0.0.1:9' },
    });
    onTestFinished(() => program.kill());
    for (let tries = 1; tries <= 3; tries++) {
      await program.waitFor(() => program.output.split('Passphrase of the vault:').length > tries);
      program.type('wrong\r');
    }
    expect(await program.waitForExit()).toBe(1);
    expect(program.output).toContain('not the passphrase of the vault');
    expect(program.output).not.toContain('wrong');
  });

  it(
    'move-to-vault takes everything from the keyring, and move-to-os everything back',
    async () => {
      const { home, env, session } = await homeWithKeyring();
      const there = await runProgram(['vault', 'move-to-vault'], { env, stdin: `${PASSPHRASE}\n` });
      expect(there.stderr).toBe('');
      expect(there.stdout).toContain('Moved 2 secrets to the encrypted vault');
      expect(await lookup(session, TOKEN)).toBe('');
      expect(await lookup(session, P12)).toBe('');
      const vault = openVault({ home, clock: systemClock });
      await vault.unlock(PASSPHRASE);
      expect(await vault.get(TOKEN_KEY)).toBe('token-of-the-desktop-app');
      const status = await runProgram(['vault', 'status'], { env });
      expect(status.stdout).toMatch(
        /^Secrets are kept in the encrypted vault: .*vault\.age exists/,
      );
      expect(status.stdout).toContain('Secret Service keyring: works.');
      expect(status.stdout).toContain('age --decrypt --identity');

      const back = await runWithPassphrase(['vault', 'move-to-os'], env);
      expect(back.stderr).toBe('');
      expect(back.stdout).toContain('Moved 2 secrets to Secret Service keyring');
      expect(await lookup(session, TOKEN)).toBe('token-of-the-desktop-app');
      expect(await lookup(session, P12)).toBe('p12-of-the-desktop-app');
      expect((await readdir(home)).sort()).toEqual(['servers.json']);
      const after = await runProgram(['vault', 'status'], { env });
      expect(after.stdout).toMatch(/^Secrets are kept in Secret Service keyring: it works/);
    },
    PATIENCE_MS,
  );

  it(
    'move-to-vault leaves everything as it was when it fails, and move-to-os without the passphrase',
    async () => {
      const { home, env, session } = await homeWithKeyring();
      await writeFile(join(home, 'servers.json'), 'torn', { mode: 0o600 });
      const failed = await runProgram(['vault', 'move-to-vault'], {
        env,
        stdin: `${PASSPHRASE}\n`,
      });
      expect(failed.exitCode).toBe(1);
      expect(failed.stderr).toContain('servers.json');
      expect(await readdir(home)).toEqual(['servers.json']);
      expect(await lookup(session, TOKEN)).toBe('token-of-the-desktop-app');
      await vaultIn(home);
      const locked = await runProgram(['vault', 'move-to-os'], { env });
      expect(locked.stderr).toContain('The vault is locked');
      const wrong = await runWithPassphrase(['vault', 'move-to-os'], env, 'wrong');
      expect(wrong.stderr).toContain('not the passphrase');
      expect(await opensWith(home, PASSPHRASE)).toBe(true);
    },
    PATIENCE_MS,
  );

  it('moves nothing while a provisioning runs', async () => {
    const { home, env, session } = await homeWithKeyring();
    await vaultIn(home);
    await writeFile(join(home, '.provisioning.lock'), `${process.pid}\n`, { mode: 0o600 });
    const moved = await runWithPassphrase(['vault', 'move-to-os'], env);
    expect(moved.stderr).toContain('Another provisioning operation is in progress');
    expect(await lookup(session, TOKEN)).toBe('token-of-the-desktop-app');
    expect(await opensWith(home, PASSPHRASE)).toBe(true);
  });

  it('is not for the sandbox, and not for two sources at once', async () => {
    const { env } = await newHome();
    const two = { PORTLAMA_VAULT_PASSPHRASE_FD: '3', PORTLAMA_VAULT_PASSPHRASE_COMMAND: '/bin/x' };
    const both = await runProgram(['vault', 'init'], { env: { ...env, ...two } });
    expect(both.exitCode).toBe(2);
    expect(both.stderr).toContain('are both set');
    const odd = await runProgram(['vault'], { env: { ...env, PORTLAMA_KEYSTORE: 'magic' } });
    expect(odd.stderr).toContain('must be one of auto, os, vault, session');
  });
});

describe('a password that another program left in servers.json', () => {
  it('is moved at the start, or left alone where there is no store, and both is said', async () => {
    const { home, env, session } = await homeWithKeyring();
    const path = join(home, 'servers.json');
    const left = JSON.stringify([{ ...serverEntry(), p12Password: 'left-in-the-clear' }]);
    await writeFile(path, left, { mode: 0o600 });
    await session.secretTool(['clear', ...P12]);
    const { DBUS_SESSION_BUS_ADDRESS: _bus, ...withoutBus } = env;
    const stayed = await runProgram(['servers'], { env: withoutBus });
    expect(stayed.stderr).toMatch(/stays in the clear in \S+servers\.json: .*no D-Bus session/);
    expect(await readFile(path, 'utf8')).toBe(left);
    const moved = await runProgram(['servers'], { env });
    expect(moved.stderr).toContain('moved to Secret Service keyring');
    expect(await readFile(path, 'utf8')).not.toContain('left-in-the-clear');
    expect(await lookup(session, P12)).toBe('left-in-the-clear');
    expect(moved.stdout + moved.stderr).not.toContain('left-in-the-clear');
  });
});
