import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { MAIN, runProgram } from '../fixtures/program.js';
import { runningSandbox } from '../fixtures/running-sandbox.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { filesWith } from '../leaks/watch.js';
import { vaultIn } from './vault-home.js';

const STORED = 'service=com.portlama.cloud&account=digitalocean';
/** Of the right form, and of nobody. */
const UNKNOWN = `dop_v1_${'c3'.repeat(32)}`;

describe('token set', () => {
  it('stores what DigitalOcean accepts, from standard input, and says what it is worth', async () => {
    const sandbox = await runningSandbox();
    const { exitCode, stdout } = await sandbox.run(['token', 'set'], {
      stdin: `${SANDBOX_TOKEN}\n`,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ok +valid: \S+@\S+ \(account active, \d+ of \d+ droplets used/);
    expect(stdout).toContain('Saved in Sandbox store');
    expect(stdout).not.toContain(SANDBOX_TOKEN);
    expect(await sandbox.store(STORED)).toBe(SANDBOX_TOKEN);
    const checked = await sandbox.run(['token', 'check']);
    expect(checked.exitCode).toBe(0);
    expect(checked.stdout).toMatch(/^Token from Sandbox store.*\n +ok +valid/);
    const forgotten = await sandbox.run(['token', 'forget']);
    expect(forgotten.stdout).toMatch(
      /^Deleted from Sandbox store.*\nDigitalOcean still accepts it/,
    );
    expect(await sandbox.store(STORED)).toBeUndefined();
    expect((await sandbox.run(['token', 'forget'])).stdout).toContain('No token in');
  });

  it('is followed by a line in the list 14 days before the token expires', async () => {
    const sandbox = await runningSandbox();
    await sandbox.run(['token', 'set'], { stdin: `${SANDBOX_TOKENS.expiresSoon.token}\n` });
    const { exitCode, stdout } = await sandbox.run(['servers']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/The API token expires within a day\.\n.*token set/);
  });

  it('stores no token that is refused, and asks at a terminal without showing what is typed', async () => {
    const sandbox = await runningSandbox();
    for (const [token, says] of [
      [UNKNOWN, /does not accept/],
      ['hunter2', /does not look like a token/],
      ['', /empty/],
    ] as const) {
      const { exitCode, stderr, stdout } = await sandbox.run(['token', 'set'], { stdin: token });
      expect(exitCode).not.toBe(0);
      expect(stderr).toMatch(says);
      if (token !== '') expect(stdout + stderr).not.toContain(token);
      expect(await sandbox.store(STORED)).toBeUndefined();
    }
    const { folder, realHome } = sandbox;
    const env = { HOME: folder, PORTLAMA_HOME: realHome, PORTLAMA_SANDBOX_DELAYS: '0' };
    const program = ptyProgram({
      command: [process.execPath, MAIN, '--sandbox', 'token', 'set'],
      env: { PATH: process.env['PATH'], ...env },
    });
    onTestFinished(() => program.kill());
    await program.waitFor('DigitalOcean API token (not shown):');
    program.type(`${SANDBOX_TOKEN}\r`);
    await program.waitFor('Saved in Sandbox store');
    expect(await program.waitForExit()).toBe(0);
    expect(program.output).not.toContain(SANDBOX_TOKEN.slice(0, 20));
    expect(await sandbox.store(STORED)).toBe(SANDBOX_TOKEN);
  });

  it.each([
    [['token', 'set', SANDBOX_TOKEN]],
    [['token', 'set', 'what-may-be-a-token']],
    [[SANDBOX_TOKEN]],
    [['provision', `--token=${SANDBOX_TOKEN}`]],
    [['servers', '--token', SANDBOX_TOKEN]],
  ])('refuses %j, says why, and repeats nothing', async (args) => {
    const env = { PORTLAMA_HOME: await temporaryFolder() };
    const { exitCode, stdout, stderr } = await runProgram(args, { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/never taken from the command line.*\n.*considered leaked/);
    for (const arg of args.slice(2)) expect(stdout + stderr).not.toContain(arg);
    expect(stdout + stderr).not.toContain(SANDBOX_TOKEN);
  });

  it('names both ways where there is no store, before a token is asked for', async () => {
    const home = `${await temporaryFolder()}/portlama`;
    const env = { PORTLAMA_HOME: home, HOME: home, DIGITALOCEAN_API_URL: 'http://127.0.0.1:9' };
    const { exitCode, stderr } = await runProgram(['token', 'set'], { env, stdin: UNKNOWN });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/no D-Bus session/);
    expect(stderr).toMatch(/dbus-run-session/);
    expect(stderr).toMatch(/Or keep secrets in an encrypted file instead: portlama-tui vault init/);
  });

  it('keeps nothing in a memory that ends with it', async () => {
    const home = await temporaryFolder();
    const env = { PORTLAMA_HOME: home, PORTLAMA_KEYSTORE: 'session' };
    const { exitCode, stderr } = await runProgram(['token', 'set'], { env, stdin: UNKNOWN });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('would be lost when this command ends');
  });

  it('puts it into a locked vault against the real form of the API, and nowhere else', async () => {
    const sandbox = await runningSandbox();
    const home = `${await temporaryFolder()}/portlama`;
    const vault = await vaultIn(home);
    const env = { PORTLAMA_HOME: home, HOME: home, DIGITALOCEAN_API_URL: sandbox.url };
    const log = ['--log', `${home}/debug.log`];
    const set = await runProgram(['token', 'set', ...log], { env, stdin: sandbox.token });
    expect(set.stderr).toBe('');
    expect(set.stdout).toContain('Saved in the encrypted vault.');
    expect(await vault.count()).toBe(1);
    expect(await filesWith(home, new Map([['token', sandbox.token]]))).toEqual([]);
    const locked = await runProgram(['token', 'check'], { env });
    expect(locked.stderr).toMatch(/The vault is locked.*\n.*PORTLAMA_VAULT_PASSPHRASE_FD/);
    expect(locked.exitCode).toBe(1);
    // Forgetting needs no passphrase.
    expect((await runProgram(['token', 'forget'], { env })).stdout).toContain('Deleted from');
    expect(await vault.count()).toBe(0);
  });
});
