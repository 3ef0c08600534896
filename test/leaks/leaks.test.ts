import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import type { SandboxState } from '../../src/sandbox/control/state.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { PlantedSecrets } from './planted.js';
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

async function observe(): Promise<Observed> {
  // Slow enough for every process to be seen.
  const sandbox = await runningSandbox('0.05');
  const watch = new ProcessWatch(sandbox.folder);
  onTestFinished(() => watch.stop());
  const secrets = new Map([['token', SANDBOX_TOKEN]]);
  const running = sandbox.run(['provision', ...REGION, '--log', join(sandbox.folder, 'debug.log')]);
  const collecting = collectSecrets(sandbox, secrets, running);
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

// When it fails, at each step: failing-steps.test.ts; on screen and when killed: terminal.test.ts.
describe('secrets of a run', () => {
  it('are in no file, argument, output or log when it succeeds', async () => {
    const observed = await observe();
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

  it('would be found in a file, and in what was shown', async () => {
    const planted = await PlantedSecrets.create();
    await planted.expectNowhere('nothing');
    await expect(planted.expectNowhere(`It is ${planted.passphrase}.`)).rejects.toThrow();
    await writeFile(join(planted.sandbox.folder, 'notes'), planted.passphrase);
    await expect(planted.expectNowhere('nothing')).rejects.toThrow('notes: passphrase');
  });

  it('would be found in every form', () => {
    const secrets = new Map([
      ['token', SANDBOX_TOKEN],
      ['key', 'x\nabcdefghijklmnopqrst\nuvwxyzabcdefghijklmn'],
    ]);
    expect(secretsIn(`Bearer ${SANDBOX_TOKEN}`, secrets)).toEqual(['token']);
    expect(secretsIn('one line: uvwxyzabcdefghijklmn', secrets)).toEqual(['key']);
    expect(secretsIn(Buffer.from(SANDBOX_TOKEN).toString('base64'), secrets)).toEqual(['token']);
  });
});
