import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runWithPassphrase } from '../cli/vault-home.js';
import { MAIN, runProgram } from '../fixtures/program.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { PlantedSecrets } from './planted.js';

/** A defect that comes up while the program runs and quotes the token, as a careless error text might. */
const DEFECT = `
const { PORTLAMA_CLOUD_TOKEN: token, DEFECT_IN: place = '', DEFECT_AFTER_MS: ms } = process.env;
const isHere = place !== '' && process.argv.slice(2).includes(place);
if (isHere) setTimeout(() => { throw new Error('a defect with ' + token); }, Number(ms));
`;

async function defectIn(planted: PlantedSecrets, place: string): Promise<Record<string, string>> {
  const module = join(planted.sandbox.folder, 'defect.mjs');
  await writeFile(module, DEFECT, { mode: 0o600 });
  return {
    ...planted.environment,
    NODE_OPTIONS: `--import=${module}`,
    DEFECT_IN: place,
    DEFECT_AFTER_MS: '2000',
  };
}

const PROVISION = ['--sandbox', 'provision', '--region', 'fra1', '--label', 'leaky'];

it.each(['provision', 'worker'])(
  'a defect in %s that quotes the token shows it nowhere',
  async (place) => {
    const planted = await PlantedSecrets.create();
    const log = join(planted.sandbox.folder, 'debug.log');
    // It has to be there when the defect comes.
    await planted.command({ action: 'addDropletFault', fault: { kind: 'sshd-never-comes' } });
    const environment = await defectIn(planted, place);
    const token = planted.secrets.get('token') ?? '';
    const given = { ...environment, PORTLAMA_CLOUD_TOKEN: token };
    // The token is in this environment because it was put there: not what is looked at.
    planted.watch.stop();
    const ended = await runWithPassphrase([...PROVISION, '--log', log], given, planted.passphrase);
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
  const environment = await defectIn(planted, '--sandbox');
  planted.watch.stop();
  const program = ptyProgram({
    command: [process.execPath, MAIN, '--sandbox', '--log', log],
    env: { PATH: process.env['PATH'], ...environment, PORTLAMA_CLOUD_TOKEN: token },
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
