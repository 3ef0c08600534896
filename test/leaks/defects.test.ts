import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runWithPassphrase } from '../cli/vault-home.js';
import { MAIN, runProgram } from '../fixtures/program.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { PlantedSecrets } from './planted.js';

/**
 * Copies the built program into a folder, with a defect that quotes the token 2 s after a process with this argument
 * starts. Environment variables would not do: processes that the program starts inherit only a fixed list of them.
 */
async function programWithDefect({ sandbox }: PlantedSecrets, argument: string): Promise<string> {
  const built = dirname(MAIN);
  const folder = join(sandbox.folder, 'program');
  await cp(built, join(folder, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'package.json'])
    await symlink(join(dirname(built), name), join(folder, name));
  const main = join(folder, 'dist', basename(MAIN));
  const defect = `
    const { PORTLAMA_CLOUD_TOKEN: token } = process.env;
    if (process.argv.slice(2).includes('${argument}'))
      setTimeout(() => { throw new Error('a defect with ' + token); }, 2_000);
  `;
  // Imports come first wherever they stand; the program waits for its end in its last line.
  await writeFile(main, `${defect}${(await readFile(main, 'utf8')).replace(/^#!.*/, '')}`);
  return main;
}

const PROVISION = ['--sandbox', 'provision', '--region', 'fra1', '--label', 'leaky'];

it.each(['provision', 'worker'])(
  'a defect in %s that quotes the token shows it nowhere',
  async (place) => {
    const planted = await PlantedSecrets.create();
    const log = join(planted.sandbox.folder, 'debug.log');
    // It has to be there when the defect comes.
    await planted.command({ action: 'addDropletFault', fault: { kind: 'sshd-never-comes' } });
    const main = await programWithDefect(planted, place);
    const token = planted.secrets.get('token') ?? '';
    const given = { ...planted.environment, PORTLAMA_CLOUD_TOKEN: token };
    // The token is in this environment because it was put there: not what is looked at.
    planted.watch.stop();
    const args = [...PROVISION, '--log', log];
    const ended = await runWithPassphrase(args, given, planted.passphrase, '', main);
    expect(ended.exitCode).toBe(1);
    if (place === 'provision') expect(ended.stderr).toContain('a defect with [redacted]');
    expect(await readFile(log, 'utf8')).toContain('a defect with [redacted]');
    await planted.expectNowhere(ended.stdout + ended.stderr);
  },
  60_000,
);

it('a defect in the full screen gives the terminal back, and shows the token nowhere', async () => {
  const planted = await PlantedSecrets.create();
  const token = planted.secrets.get('token') ?? '';
  const log = join(planted.sandbox.folder, 'debug.log');
  const main = await programWithDefect(planted, '--sandbox');
  planted.watch.stop();
  const program = ptyProgram({
    command: [process.execPath, main, '--sandbox', '--log', log],
    env: { PATH: process.env['PATH'], ...planted.environment, PORTLAMA_CLOUD_TOKEN: token },
    columns: 120,
  });
  onTestFinished(() => program.kill());
  expect(await program.waitForExit(30_000)).toBe(1);
  expect(program.output).toContain('a defect with [redacted]');
  expect(await readFile(log, 'utf8')).toContain('a defect with [redacted]');
  await planted.expectNowhere(program.output);
}, 60_000);

it('an unreadable servers.json with a password in it is quoted nowhere', async () => {
  const planted = await PlantedSecrets.create();
  const { home, folder } = planted.sandbox;
  const password = 'left-by-another-program';
  await writeFile(join(home, 'servers.json'), `[{"p12Password":"${password}" oops}]`, {
    mode: 0o600,
  });
  const log = join(folder, 'debug.log');
  const env = planted.environment;
  const ended = await runProgram(['--sandbox', 'servers', '--log', log], { env });
  expect(ended.stderr).toContain('servers.json');
  const said = ended.stdout + ended.stderr + (await readFile(log, 'utf8'));
  expect(said).not.toContain(password.slice(0, 8));
});
