import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { PASSPHRASE } from './vault-home.js';
import { answersOf, schemaName } from '../fixtures/json-answers.js';
import { runProgram } from '../fixtures/program.js';
import { entries, runningSandbox, type RunningSandbox } from '../fixtures/running-sandbox.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const LIMIT_MS = 180_000;

/** Runs a command with `--json`, and holds all that it wrote to its schema. */
async function answers(
  sandbox: Pick<RunningSandbox, 'run'>,
  words: string,
  { exitCode = 0, stdin = '' } = {},
): Promise<readonly Record<string, unknown>[]> {
  const ended = await sandbox.run([...words.split(' '), '--json'], { stdin });
  expect(ended, `${words}: ${ended.stderr}`).toMatchObject({ exitCode });
  const name = longest(words);
  return answersOf(name, ended) as readonly Record<string, unknown>[];
}

/** Schema of the command that these words begin with. */
function longest(words: string): string {
  const names = COMMANDS.map(schemaName).sort((one, other) => other.length - one.length);
  const typed = words.split(' ').join('-');
  return names.find((name) => typed === name || typed.startsWith(`${name}-`)) ?? words;
}

it(
  'of every command on a server, from its beginning to its end, fit their schemas',
  async () => {
    const sandbox = await runningSandbox();
    const events = await answers(sandbox, 'provision --region fra1 --label lab');
    expect(events.at(-1)).toMatchObject({
      event: 'complete',
      server: { label: 'lab', active: true },
    });
    expect(await answers(sandbox, 'servers')).toMatchObject([
      { label: 'lab', account: { name: 'default' }, health: { state: 'online' } },
    ]);
    const [server] = await entries(sandbox);
    const [operation] = await answers(sandbox, 'operations');
    expect(operation).toMatchObject({ label: 'lab', status: 'succeeded' });
    await answers(sandbox, `operations attach ${operation?.['id'] as string}`);
    await answers(sandbox, `operations dismiss ${operation?.['id'] as string}`);
    expect(await answers(sandbox, 'operations --all')).toMatchObject([{ dismissed: true }]);
    expect((await answers(sandbox, 'sizes')).length).toBeGreaterThan(5);
    expect(await answers(sandbox, 'droplets')).toMatchObject([{ server: 'lab', unlisted: false }]);
    expect((await answers(sandbox, 'regions')).length).toBeGreaterThan(5);
    expect(await answers(sandbox, 'domains', { exitCode: 1 })).toMatchObject([
      { error: { code: 'scope-missing' } },
    ]);
    await answers(sandbox, 'ssh-keys');
    expect(await answers(sandbox, 'servers note lab for-the-demo')).toMatchObject([
      { note: 'for-the-demo' },
    ]);
    await answers(sandbox, 'token check');
    expect(await answers(sandbox, 'sandbox env')).toMatchObject([{ proxy: expect.any(String) }]);
    expect((await answers(sandbox, 'doctor', { exitCode: 0 })).length).toBeGreaterThan(3);
    expect(await answers(sandbox, 'servers activate lab')).toMatchObject([
      { server: { label: 'lab' } },
    ]);
    expect(await answers(sandbox, 'servers panel lab')).toMatchObject([{ opened: false }]);
    expect(await answers(sandbox, 'servers status lab')).toMatchObject([{ state: 'FRESH' }]);
    expect(await answers(sandbox, 'certificate trust lab')).toMatchObject([{ verdict: 'same' }]);
    expect(await answers(sandbox, 'certificate renew lab', { exitCode: 1 })).toMatchObject([
      { error: { code: expect.any(String) } },
    ]);
    expect(await answers(sandbox, 'certificate bind lab', { exitCode: 2 })).toMatchObject([
      { error: { code: 'no-keychain' } },
    ]);
    const domain = 'servers domain lab --domain lab.example.net';
    expect(await answers(sandbox, domain)).toMatchObject([{ records: 'to-be-made' }]);
    expect(await answers(sandbox, 'servers power lab reboot --yes lab')).toMatchObject([
      { dropletStatus: 'active' },
    ]);
    expect(await answers(sandbox, 'servers restore', { exitCode: 2 })).toMatchObject([
      { error: { code: 'nothing-to-restore' } },
    ]);
    expect(await answers(sandbox, 'servers destroy lab --dry-run')).toMatchObject([
      { dryRun: true, changes: [{ kind: 'droplet' }, { kind: 'server-entry' }], monthlyUsd: -4 },
    ]);
    expect(await answers(sandbox, 'servers destroy lab', { exitCode: 2 })).toMatchObject([
      { error: { code: 'confirmation-required' } },
    ]);
    expect(await answers(sandbox, 'servers remove lab --yes lab')).toMatchObject([
      { removed: [{ label: 'lab', id: server?.id }] },
    ]);
    const adopted = await answers(sandbox, `droplets adopt ${server?.providerId}`);
    expect(adopted).toMatchObject([{ server: { active: false } }]);
    const { label } = (adopted[0] as { server: { label: string } }).server;
    expect(await answers(sandbox, `servers destroy ${label} --yes ${label}`)).toMatchObject([
      { destroyed: [{ label, dropletId: server?.providerId }] },
    ]);
  },
  LIMIT_MS,
);

it(
  'of commands about this machine fit their schemas',
  async () => {
    const HOME = await temporaryFolder();
    const real = {
      run: (args: readonly string[], options: { stdin?: string } = {}) =>
        runProgram(args, { ...options, env: { HOME } }),
    };
    const stdin = `${PASSPHRASE}\n`;
    expect(await answers(real, 'vault init', { stdin })).toMatchObject([{ kind: 'vault' }]);
    expect(await answers(real, 'vault')).toMatchObject([{ kind: 'vault', status: 'locked' }]);
    expect(await answers(real, 'token set', { exitCode: 2, stdin })).toMatchObject([
      { error: { code: 'token-malformed' } },
    ]);
    expect(await answers(real, 'export all.age', { exitCode: 2 })).toMatchObject([
      { error: { code: 'no-servers' } },
    ]);
  },
  LIMIT_MS,
);
