import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxControl } from '../fixtures/sandbox-control.js';
import type { SandboxState } from '../../src/sandbox/control/state.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../fixtures/read-journal.js';
import type { JournalRecord } from '../../src/services/provisioning/journal/records.js';
import { freshHome, type Home, MAIN, type Ran } from '../journeys/home.js';
import { until } from '../journeys/until.js';

/** One command that goes on by itself. */
export interface Going {
  readonly child: ChildProcess;
  /** What it has said so far, on both streams. */
  said(): string;
  readonly ended: Promise<Ran>;
}

/** Someone who works with commands alone, in a home of their own with a sandbox that takes its time. */
export interface Headless {
  readonly home: Home;
  readonly sandbox: SandboxControl;
  /** What every command is started with. */
  readonly env: Readonly<Record<string, string>>;
  runs(...args: readonly string[]): Promise<Ran>;
  starts(...args: readonly string[]): Going;
  /** The same as the last argument of another program. */
  startsUnder(wrapper: readonly [string, ...string[]], args: readonly string[]): Going;
  /** Starts `provision`; resolves to its operation's id once the journal has this text. */
  provisions(
    label: string,
    untilIt: string,
  ): Promise<{ readonly id: string; readonly going: Going }>;
  /** The journal's records so far. */
  records(id: string): Promise<readonly JournalRecord[]>;
  reaches(id: string, text: string): Promise<void>;
  /** Ends the workers as a loss of power does. */
  workersDie(): Promise<void>;
  /** Droplets, keys and tags of operations that exist in the account. */
  account(): Promise<Pick<SandboxState, 'droplets' | 'keys' | 'tags'>>;
}

/** `delays` is a factor on the sandbox's waits; `extra` is added to the environment. */
export async function headless(
  delays = 0.2,
  extra: Readonly<Record<string, string>> = {},
): Promise<Headless> {
  const home = await freshHome();
  const env = { ...home.environment, PORTLAMA_SANDBOX_DELAYS: String(delays), ...extra };
  const folder = `${extra['PORTLAMA_HOME'] ?? home.environment['PORTLAMA_HOME']}-sandbox`;
  const startsUnder: Headless['startsUnder'] = (wrapper, args) =>
    go([...wrapper, process.execPath, MAIN, '--sandbox', ...args], env);
  const starts: Headless['starts'] = (...args) =>
    go([process.execPath, MAIN, '--sandbox', ...args], env);
  const runs = (...args: readonly string[]): Promise<Ran> => starts(...args).ended;
  const first = await runs('servers');
  if (first.exitCode !== 0) throw new Error(`The sandbox did not start: ${first.stderr}`);
  const sandbox = await home.sandbox(folder);
  const reaches = (id: string, text: string): Promise<void> =>
    until(
      async () => (await readFile(journalPath(folder, id), 'utf8').catch(() => '')).includes(text),
      text,
    );
  return {
    home,
    sandbox,
    env,
    runs,
    starts,
    startsUnder,
    async provisions(label, untilIt) {
      const before = new Set(await operationIds(folder));
      const going = starts('provision', '--region', 'fra1', '--label', label);
      let id: string | undefined;
      await until(async () => {
        id = (await operationIds(folder)).find((each) => !before.has(each));
        return id !== undefined;
      }, 'an operation');
      await reaches(id!, untilIt);
      return { id: id!, going };
    },
    records: async (id) => (await readJournal(journalPath(folder, id))) ?? [],
    reaches,
    async workersDie() {
      for (const pid of await home.workers(folder)) process.kill(pid, 'SIGKILL');
      await until(async () => (await home.workers(folder)).length === 0, 'the worker to be gone');
    },
    async account() {
      const { droplets, keys, tags } = await sandbox.state();
      return {
        droplets: droplets.filter(({ team, deleted }) => team === 'sandbox' && !deleted),
        keys,
        tags: tags.filter(({ name }) => name.startsWith('portlama:op:')),
      };
    },
  };
}

async function operationIds(folder: string): Promise<readonly string[]> {
  return await readdir(join(folder, 'operations')).catch(() => []);
}

/** Runs a command without a terminal and with nothing to read. */
function go(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Going {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, ...written }));
  });
  return { child, ended, said: () => written.stdout + written.stderr };
}
