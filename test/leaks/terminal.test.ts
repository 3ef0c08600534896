import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findToken, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { MAIN } from '../fixtures/program.js';
import { type PtyProgram, ptyProgram } from '../fixtures/terminal/pty-program.js';
import { ALL_SECRETS, PlantedSecrets } from './planted.js';
import { filesWith } from './watch.js';

const LIMIT_MS = 60_000;
/** Another one that is accepted: it is pasted, and takes the place of the one in the vault. */
const PASTED = SANDBOX_TOKENS.notices.token;

/** The full-screen program, with the vault locked, or with memory as its store. */
function opens(planted: PlantedSecrets, keystore: 'vault' | 'session' = 'vault'): PtyProgram {
  const log = join(planted.sandbox.folder, 'screen.log');
  const program = ptyProgram({
    command: [process.execPath, MAIN, '--sandbox', '--log', log],
    columns: 110,
    rows: 36,
    env: { PATH: process.env['PATH'], ...planted.environment, PORTLAMA_KEYSTORE: keystore },
  });
  onTestFinished(() => program.kill());
  return program;
}

async function unlocks(program: PtyProgram, passphrase: string): Promise<void> {
  await program.waitFor('Passphrase of the vault', LIMIT_MS);
  program.type('not the passphrase\r');
  await program.waitFor('This is not the passphrase', LIMIT_MS);
  program.type(passphrase);
  await program.waitFor('••••••••', LIMIT_MS);
  program.press('enter');
  await program.waitUntilGone('Passphrase of the vault', LIMIT_MS);
}

async function creates(program: PtyProgram, label: string): Promise<void> {
  program.press('n');
  await program.waitFor('API token', LIMIT_MS);
  program.paste(PASTED);
  program.press('enter');
  await program.waitFor('› Next ‹', LIMIT_MS);
  program.press('enter');
  await program.waitFor(/Frankfurt 1.*✓/s, LIMIT_MS);
  program.press('enter');
  await program.waitFor('This will be created', LIMIT_MS);
  program.type(label);
  await program.waitFor(new RegExp(`Server +${label} `), LIMIT_MS);
  program.press('enter');
  await program.waitFor('› Create server ‹', LIMIT_MS);
  program.press('enter');
}

it('the full screen shows and writes no secret: vault opened by typing, token pasted, a whole run', async () => {
  const planted = await PlantedSecrets.create('0.05');
  planted.secrets.set('pasted token', PASTED);
  const program = opens(planted);
  await unlocks(program, planted.passphrase);
  await creates(program, 'leaky');
  await program.waitFor('› Done ‹', LIMIT_MS);
  program.press('s');
  await program.waitFor('portlama-sandbox/logs/', LIMIT_MS);
  program.press('enter');
  await program.waitFor(/leaky +ACTIVE +online/, LIMIT_MS);
  for (const [key, sight] of [
    ['D', 'Credentials'],
    ['K', 'Where secrets are kept'],
    ['L', 'Activity'],
    ['I', 'Panel of leaky'],
    ['c', 'Host key of the droplet, for SSH'],
  ] as const) {
    program.press(key);
    await program.waitFor(sight, LIMIT_MS);
    program.press('escape');
    await program.waitUntilGone(sight, LIMIT_MS);
  }
  program.press('q');
  expect(await program.waitForExit(LIMIT_MS)).toBe(0);
  expect(await planted.vault.get(TOKEN_KEY)).toBe(PASTED);
  expect(findToken(PASTED)?.valid).toBe(true);
  expect(await readdir(join(planted.sandbox.home, 'logs'))).toHaveLength(1);
  expect([...planted.secrets.keys()].sort()).toEqual([...ALL_SECRETS, 'pasted token'].sort());
  await expectNoneOf(planted, program);
}, 120_000);

it('nor when program and worker are killed in the middle of it', async () => {
  const planted = await PlantedSecrets.create('0.05');
  planted.secrets.set('pasted token', PASTED);
  await planted.command({ action: 'addDropletFault', fault: { kind: 'sshd-never-comes' } });
  const program = opens(planted);
  await unlocks(program, planted.passphrase);
  await creates(program, 'leaky');
  const pid = await workerAt(planted.sandbox.home, 'wait_ssh');
  await expect.poll(() => [...planted.secrets.keys()], { timeout: 10_000 }).toContain('login key');
  program.signal('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await program.waitForExit(LIMIT_MS);
  await expectNoneOf(planted, program);
}, 120_000);

it('nor with memory as the store, which the worker reaches through its channel only', async () => {
  const planted = await PlantedSecrets.create('0.05');
  planted.secrets.set('pasted token', PASTED);
  const program = opens(planted, 'session');
  await program.waitFor('Create a new server', LIMIT_MS);
  await creates(program, 'leaky');
  await program.waitFor('› Done ‹', LIMIT_MS);
  program.press('enter');
  await program.waitFor(/leaky +ACTIVE +online/, LIMIT_MS);
  const shown = program.output;
  planted.secrets.set('p12 password', await copiesPassword(program));
  program.press('q');
  await program.waitFor('Secrets are in memory only and will be lost', LIMIT_MS);
  program.press('tab', 'enter');
  expect(await program.waitForExit(LIMIT_MS)).toBe(0);
  expect(planted.sawWorker).toBe(true);
  await planted.expectNowhere(shown);
  const anyKey = new Map([['a private key', 'PRIVATE KEY-----']]);
  const found = await filesWith(planted.sandbox.home, anyKey);
  // The program's own text has the words.
  expect(found.filter((name) => !name.startsWith('cache/frame.code:'))).toEqual([]);
}, 120_000);

/** Asked for by its button, the clipboard gets it: nothing else tells it to anybody. */
async function copiesPassword(program: PtyProgram): Promise<string> {
  const before = program.output.length;
  program.press('I');
  await program.waitFor('Panel of leaky', LIMIT_MS);
  // Copy link is the last button.
  program.press('shift-tab');
  await program.waitFor('› Copy link ‹', LIMIT_MS);
  program.press('shift-tab');
  await program.waitFor('› Copy password ‹', LIMIT_MS);
  program.press('enter');
  await program.waitFor('The password is in the clipboard', LIMIT_MS);
  const [, copied = ''] = /\]52;c;([\w+/=]{8,})/.exec(program.output.slice(before)) ?? [];
  const password = Buffer.from(copied, 'base64').toString();
  expect(password.length).toBeGreaterThan(8);
  program.press('enter');
  // The dialog that it was copied from is back.
  await program.waitUntilGone('The password is in the clipboard', LIMIT_MS);
  await program.waitFor('› Close ‹', LIMIT_MS);
  program.press('escape');
  await program.waitUntilGone('Panel of leaky', LIMIT_MS);
  return password;
}

/** The worker's environment holds the token that it works with. */
async function expectNoneOf(planted: PlantedSecrets, program: PtyProgram): Promise<void> {
  expect(planted.sawWorker).toBe(true);
  expect(program.output.length).toBeGreaterThan(1_000);
  await planted.expectNowhere(program.output);
}

async function workerAt(home: string, step: string): Promise<number> {
  const journal = async (): Promise<string> => {
    const [id = ''] = await readdir(join(home, 'operations')).catch(() => []);
    return await readFile(join(home, 'operations', id, 'journal.ndjson'), 'utf8').catch(() => '');
  };
  await expect.poll(journal, { timeout: LIMIT_MS }).toContain(`"step":"${step}"`);
  const line = (await journal()).split('\n').find((record) => record.includes('"worker"'));
  return (JSON.parse(line ?? '') as { pid: number }).pid;
}
