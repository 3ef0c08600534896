import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { keystoreError } from '../../src/services/keystore/diagnosis.js';
import { type KeystoreError, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { openVault } from '../../src/services/keystore/vault-keystore.js';
import { passphraseStrength } from '../../src/services/keystore/passphrase-strength.js';
import { WORK_FACTOR } from '../../src/services/keystore/vault-format.js';
import { hintText } from '../../src/words/hints.js';
import { PASSPHRASE, vaultIn } from '../cli/vault-home.js';
import { startKeyringSession } from '../fixtures/keyring/start.js';
import { MAIN } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';

const page = await readFile(resolve(import.meta.dirname, '../../docs/credential-store.md'), 'utf8');
const run = promisify(execFile);
const PATIENCE_MS = 60_000;

/** The command of the page that begins so. */
function command(beginning: string): string {
  const found = page.split('\n').filter((line) => line.startsWith(`    ${beginning}`));
  expect(found, `commands that begin with ${beginning}`).toHaveLength(1);
  return (found[0] ?? '').trim();
}

/** A person's home with an unlocked vault in it, and `portlama-tui` and `pass` on the path. */
async function homeWithVault() {
  const folder = await temporaryFolder();
  const home = join(folder, '.portlama');
  const vault = await vaultIn(home);
  await vault.set(TOKEN_KEY, 'planted-token');
  return { home, vault, environment: await environmentOf(folder) };
}

async function environmentOf(folder: string): Promise<Record<string, string>> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  const script = (text: string): string => `#!/bin/sh\n${text}\n`;
  const program = script(`exec ${process.execPath} ${MAIN} "$@"`);
  await writeFile(join(bin, 'portlama-tui'), program, { mode: 0o755 });
  await writeFile(join(bin, 'pass'), script(`echo ${PASSPHRASE}`), { mode: 0o755 });
  return { HOME: folder, PATH: `${bin}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' };
}

/** In bash in a terminal of its own, with this typed at each question; everything it wrote. */
async function inTerminal(
  script: string,
  env: Record<string, string>,
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Promise<string> {
  const program = ptyProgram({ command: ['/bin/bash', '-c', script], env, columns: 200 });
  onTestFinished(() => program.kill());
  for (const [question, answer] of answers) {
    await program.waitFor(() => question.test(program.output));
    program.type(`${answer}\r`);
  }
  expect(await program.waitForExit()).toBe(0);
  return program.output;
}

const inBash = async (script: string, env: Record<string, string>): Promise<string> =>
  (await run('/bin/bash', ['-c', script], { env })).stdout;

describe('docs/credential-store.md: the vault', () => {
  it('opens with the age commands that it names', async () => {
    const { environment } = await homeWithVault();
    const typed = [[/passphrase/i, PASSPHRASE]] as const;
    const secret = await inTerminal(command('age --decrypt --identity'), environment, typed);
    expect(secret).toContain('"secret":"planted-token"');
    const key = await inTerminal(command('age --decrypt ~'), environment, typed);
    expect(key).toMatch(/AGE-SECRET-KEY-1\w{58}/);
  });

  it('takes a secret that age stored without the passphrase', async () => {
    const { home, environment } = await homeWithVault();
    await inBash(command('echo').replace('dop_v1_…', 'stored by age'), environment);
    const vault = openVault({ home, clock: systemClock });
    await vault.unlock(PASSPHRASE);
    expect(await vault.get(TOKEN_KEY)).toBe('stored by age');
  });

  it('has exactly the files that it names', async () => {
    const { home } = await homeWithVault();
    const named = [...page.matchAll(/^\| `~\/\.portlama\/(\S+)` /gm)]
      .map(([, name = '']) => name.replace('SERVICE@ACCOUNT', 'com.portlama.cloud@digitalocean'))
      .filter((name) => !name.endsWith('.lock'));
    const entries = await readdir(home, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(home, join(entry.parentPath, entry.name)));
    expect(files.sort()).toEqual(named.sort());
    expect(page).toContain(`work factor ${WORK_FACTOR}`);
  });

  it(
    'is made, described and opened without a person by the commands that it names',
    async () => {
      const environment = await environmentOf(await temporaryFolder());
      await inTerminal(command('portlama-tui vault init'), environment, [
        [/New passphrase/, PASSPHRASE],
        [/Repeat passphrase/, PASSPHRASE],
      ]);
      const status = await inBash(command('portlama-tui vault status'), environment);
      expect(status).toContain('Secrets are kept in the encrypted vault');
      const doctor = await run('/bin/bash', ['-c', command('portlama-tui doctor')], {
        env: { ...environment, DIGITALOCEAN_API_URL: 'http://127.0.0.1:9' },
      }).catch((error: { stdout: string }) => error);
      expect(doctor.stdout).toMatch(
        /note +Credentials +in the encrypted vault, which is locked \(.*vault\.age exists\)/,
      );
      const vault = openVault({
        home: join(environment['HOME'] ?? '', '.portlama'),
        clock: systemClock,
      });
      await vault.set(TOKEN_KEY, 'no token');
      const pass = join(environment['HOME'] ?? '', 'bin', 'pass');
      for (const way of ['PORTLAMA_VAULT_PASSPHRASE_FD', 'PORTLAMA_VAULT_PASSPHRASE_COMMAND']) {
        // A command that reads what is in the vault: what is there is refused only once it was read.
        const script = command(way)
          .replace('/usr/bin/pass', pass)
          .replace('servers', 'token check');
        const failed = await run('/bin/bash', ['-c', script], { env: environment }).then(
          ({ stdout }) => stdout,
          (error: { stderr: string }) => error.stderr,
        );
        expect(failed).not.toContain('locked');
        expect(failed).toMatch(/token/);
      }
    },
    PATIENCE_MS,
  );

  it('says of strength what is measured', () => {
    expect(page).toContain('A passphrase below 28 bits is refused');
    for (const [passphrase, level] of [
      ['qwertyuiop', 'refused'],
      ['orbit candle mustard', 'weak'],
      ['orbit candle mustard fjord', 'fair'],
      ['orbit candle mustard fjord velvet sixteen', 'strong'],
    ] as const)
      expect(passphraseStrength(passphrase)).toMatchObject({ level });
  });
});

describe('docs/credential-store.md: a host without a desktop', () => {
  const UNLOCK = 'read -rsp';
  const said = ({ hint }: KeystoreError): string => hintText(hint, { sandbox: false });

  it('names every problem, and the command of its hint', () => {
    const codes = [...page.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, code]) => code);
    const known = ['no-dbus', 'no-secret-service', 'locked', 'prompt-needed'] as const;
    const others = ['libsecret-missing', 'daemon-died', 'store-failed'] as const;
    expect(codes).toEqual([...known, ...others]);
    const host = { platform: 'linux', uid: undefined } as const;
    for (const code of [...known.slice(1), 'daemon-died', 'store-failed'] as const)
      expect(said(keystoreError(code, host))).toContain(command(UNLOCK));
    expect(said(keystoreError('no-dbus', host))).toContain(command('dbus-run-session'));
  });

  it('has a keyring by the command that it names, beyond the end of its terminal, and finds its entries', async () => {
    // Nothing starts another daemon here if that one ends with its terminal.
    const session = await startKeyringSession({ withoutServices: true });
    const environment = session.environment as Record<string, string>;
    const asked = [[/Keyring password:/, 'keyring-password']] as const;
    await inTerminal(command(UNLOCK), environment, asked);
    const bin = await environmentOf(dirname(environment['HOME'] ?? ''));
    const both = { ...environment, PATH: bin['PATH'] ?? '' };
    const status = await inBash('portlama-tui vault status', both);
    expect(status).toContain('Secrets are kept in Secret Service keyring: it works');
    const attributes = ['service', TOKEN_KEY.service, 'account', TOKEN_KEY.account];
    await session.secretTool(['store', '--label=Token', ...attributes], 'of the desktop app');
    expect(await inBash(command('secret-tool'), both)).toBe('of the desktop app');
  });

  it('starts a session with the program in it by the command that it names', async () => {
    const environment = await environmentOf(await temporaryFolder());
    const script = command('dbus-run-session').replace('portlama-tui', 'portlama-tui vault status');
    const asked = [[/Keyring password:/, 'keyring-password']] as const;
    const output = await inTerminal(script, environment, asked);
    expect(output).toContain('Secrets are kept in Secret Service keyring: it works');
  });
});
