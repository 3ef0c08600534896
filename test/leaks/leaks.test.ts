import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ControlCommand } from '../../src/sandbox/control/commands.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/sandbox-token.js';
import type { SandboxState } from '../../src/sandbox/control/state.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { filesWith, ProcessWatch, secretsIn } from './watch.js';

const REGION = ['--region', 'fra1', '--label', 'leaky'];

/** One run of the real program with every secret that came up in it. */
interface Observed {
  readonly sandbox: RunningSandbox;
  readonly secrets: ReadonlyMap<string, string>;
  readonly output: string;
  readonly processes: readonly { commandLine: string; environment: string }[];
  readonly exitCode: number | null;
}

async function observe(
  prepare: (sandbox: RunningSandbox) => Promise<unknown>,
  meanwhile: (sandbox: RunningSandbox, operationId: string) => Promise<void> = () =>
    Promise.resolve(),
): Promise<Observed> {
  // Slow enough for every process to be seen.
  const sandbox = await runningSandbox('0.05');
  await prepare(sandbox);
  const watch = new ProcessWatch(sandbox.folder);
  onTestFinished(() => watch.stop());
  const secrets = new Map([['token', SANDBOX_TOKEN]]);
  const running = sandbox.run(['provision', ...REGION, '--log', join(sandbox.folder, 'debug.log')]);
  const collecting = collectSecrets(sandbox, secrets, running);
  const id = await operationId(sandbox);
  await meanwhile(sandbox, id);
  const { exitCode, stdout, stderr } = await running;
  await collecting;
  watch.stop();
  return {
    sandbox,
    secrets,
    output: stdout + stderr,
    processes: [...watch.seen.values()],
    exitCode,
  };
}

async function operationId(sandbox: RunningSandbox): Promise<string> {
  return await expect
    .poll(async () => (await readdir(join(sandbox.home, 'operations')).catch(() => []))[0], {
      timeout: 20_000,
    })
    .toBeTypeOf('string')
    .then(async () => (await readdir(join(sandbox.home, 'operations')))[0]!);
}

/** Asks the sandbox's store and the droplet for what must not show anywhere, as long as the run goes on. */
async function collectSecrets(
  sandbox: RunningSandbox,
  secrets: Map<string, string>,
  running: Promise<unknown>,
): Promise<void> {
  const ended = new AbortController();
  void running.finally(() => ended.abort());
  while (!ended.signal.aborted) {
    const state = (await sandbox.control('GET', 'control')) as SandboxState;
    for (const { service, account } of state.secrets) {
      const query = `service=${service}&account=${account}`;
      const secret = await sandbox.store(query);
      if (secret === undefined) continue;
      if (service === 'com.portlama.server') secrets.set('p12 password', secret);
      if (service !== 'com.portlama.operation') continue;
      const keys = JSON.parse(secret) as { privateKey: string; hostPrivateKey: string };
      secrets.set('login key', keys.privateKey).set('host key', keys.hostPrivateKey);
    }
  }
}

function command(input: ControlCommand): (sandbox: RunningSandbox) => Promise<unknown> {
  return (sandbox) => sandbox.control('POST', 'control', input);
}

async function expectNoLeak({ sandbox, secrets, output, processes }: Observed): Promise<void> {
  expect(await filesWith(sandbox.folder, secrets)).toEqual([]);
  expect(secretsIn(output, secrets)).toEqual([]);
  for (const { commandLine, environment } of processes) {
    expect({ commandLine, secrets: secretsIn(commandLine, secrets) }).toEqual({
      commandLine,
      secrets: [],
    });
    // The worker's environment holds the token by design, and only the worker's.
    const allowed = commandLine.includes('main.js worker ') ? ['token'] : [];
    expect({
      commandLine,
      secrets: secretsIn(environment, secrets).filter((name) => !allowed.includes(name)),
    }).toEqual({
      commandLine,
      secrets: [],
    });
  }
}

describe('secrets of a run', () => {
  it('are in no file, argument, output or log when it succeeds', async () => {
    const observed = await observe(() => Promise.resolve());
    expect(observed.exitCode).toBe(0);
    expect([...observed.secrets.keys()].sort()).toEqual([
      'host key',
      'login key',
      'p12 password',
      'token',
    ]);
    expect(observed.processes.some((seen) => seen.commandLine.includes('main.js worker '))).toBe(
      true,
    );
    expect(
      (await readFile(join(observed.sandbox.folder, 'debug.log'), 'utf8')).length,
    ).toBeGreaterThan(1000);
    await expectNoLeak(observed);
  });

  // At every other step: test/services/provisioning/failure.test.ts, in process.
  it('are nowhere either when it fails', async () => {
    const fault = { kind: 'install-fails', step: 'deploy_panel', message: 'no' } as const;
    const observed = await observe(command({ action: 'addDropletFault', fault }));
    expect(observed.exitCode).toBe(1);
    expect(observed.output).toContain('Failed at Installing Portlama');
    expect([...observed.secrets.keys()].sort()).toEqual(['host key', 'login key', 'token']);
    await expectNoLeak(observed);
  });

  it('are nowhere when the worker is killed in the middle', async () => {
    const observed = await observe(
      command({ action: 'addDropletFault', fault: { kind: 'sshd-never-comes' } }),
      async (sandbox, id) => {
        const journal = join(sandbox.home, 'operations', id, 'journal.ndjson');
        await expect
          .poll(() => readFile(journal, 'utf8'), { timeout: 20_000 })
          .toContain('"step":"wait_ssh"');
        const worker = (await readFile(journal, 'utf8'))
          .split('\n')
          .find((line) => line.includes('"worker"'));
        process.kill((JSON.parse(worker!) as { pid: number }).pid, 'SIGKILL');
      },
    );
    expect(observed.exitCode).toBe(1);
    expect([...observed.secrets.keys()]).toContain('login key');
    await expectNoLeak(observed);
  });

  it('would be found if they were there', async () => {
    const secrets = new Map([
      ['token', SANDBOX_TOKEN],
      ['key', 'x\nabcdefghijklmnopqrst\nuvwxyzabcdefghijklmn'],
    ]);
    expect(secretsIn(`Bearer ${SANDBOX_TOKEN}`, secrets)).toEqual(['token']);
    expect(secretsIn('one line: uvwxyzabcdefghijklmn', secrets)).toEqual(['key']);
    expect(secretsIn(Buffer.from(SANDBOX_TOKEN).toString('base64'), secrets)).toEqual(['token']);
  });
});
