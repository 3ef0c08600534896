import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSandboxControl, type SandboxControl } from '../fixtures/sandbox-control.js';
import { NO_REGISTRY } from '../fixtures/program.js';
import { type FoundSandbox, sandboxOf } from '../fixtures/sandbox-of.js';
import { until } from './until.js';

/** The program as `npm run build` leaves it. */
export const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** A person's home on a fresh machine: empty, and gone with everything that runs in it when the test ends. */
export interface Home {
  /** HOME. */
  readonly path: string;
  /** The sandbox's own folder: PORTLAMA_HOME with -sandbox. */
  readonly portlama: string;
  /** PORTLAMA_HOME: what the program uses without --sandbox. */
  readonly realHome: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The sandbox that runs for it, or for another folder. */
  sandbox(folder?: string): Promise<SandboxControl>;
  /** Where that sandbox is, for this program and for others. */
  sandboxRecord(): Promise<FoundSandbox>;
  /** Ends the sandbox as a person would who looks its process up. */
  endSandbox(): Promise<void>;
  /** Runs the program without a terminal, to its end. */
  runs(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** Makes servers before the journey begins. */
  hasServers(...labels: readonly string[]): Promise<void>;
  /** The entries of servers.json; none while there is no such file. */
  servers(): Promise<readonly Entry[]>;
  /** Workers that the journals name and that live. */
  workers(folder?: string): Promise<readonly number[]>;
  /** Processes that work in this home, of whichever program. */
  processes(): readonly number[];
}

/** What a command wrote, and how it ended. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An entry of servers.json, as far as journeys look at it. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly active: boolean;
  readonly panelUrl: string;
  readonly ip: string;
  readonly providerId?: string;
}

export async function freshHome(): Promise<Home> {
  if (!existsSync(MAIN)) throw new Error(`There is no ${MAIN}: npm run build makes it.`);
  // Not wherever TMPDIR says: the screens show paths, and drawn ones have theirs.
  const path = await mkdtemp('/tmp/portlama-journey-');
  const realHome = join(path, 'portlama');
  const portlama = `${realHome}-sandbox`;
  const home: Home = {
    path,
    portlama,
    realHome,
    environment: {
      HOME: path,
      PORTLAMA_HOME: realHome,
      PORTLAMA_SANDBOX_DELAYS: '0',
      npm_config_registry: NO_REGISTRY,
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      TZ: 'UTC',
    },
    async sandbox(folder = portlama) {
      return createSandboxControl((await sandboxOf(folder)).socketPath);
    },
    sandboxRecord: () => sandboxOf(portlama),
    async endSandbox() {
      const { pid } = await sandboxOf(portlama);
      process.kill(pid, 'SIGTERM');
      await until(() => !home.processes().includes(pid), 'the sandbox to end');
    },
    runs: (args, env) =>
      run([process.execPath, MAIN, ...args], path, { ...home.environment, ...env }),
    async hasServers(...labels) {
      for (const label of labels) {
        const args = ['provision', '--sandbox', '--region', 'fra1', '--label', label, '--json'];
        const { exitCode, stdout, stderr } = await home.runs(args);
        if (exitCode !== 0) throw new Error(`${label} was not made: ${stdout}${stderr}`);
      }
    },
    async servers() {
      const file = join(portlama, 'servers.json');
      if (!existsSync(file)) return [];
      return JSON.parse(await readFile(file, 'utf8')) as readonly Entry[];
    },
    async workers(folder = portlama) {
      const alive = home.processes();
      return (await workersOf(folder)).filter((pid) => alive.includes(pid));
    },
    processes: () => processesOf(path),
  };
  onTestFinished(() => clearAway(home));
  return home;
}

/** Runs a command to its end, with nothing to read. */
export function run(
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const written = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, ...written }));
  });
}

async function workersOf(portlama: string): Promise<readonly number[]> {
  const operations = join(portlama, 'operations');
  const pids: number[] = [];
  for (const id of existsSync(operations) ? readdirSync(operations) : []) {
    const records = await readFile(join(operations, id, 'journal.ndjson'), 'utf8').catch(() => '');
    for (const line of records.split('\n')) {
      // The last line may still be being written.
      const pid = /^\{.*"event":"worker".*"pid":(\d+)/.exec(line)?.[1];
      if (pid !== undefined) pids.push(Number(pid));
    }
  }
  return pids;
}

/** The temporary folder's name is in the environment of what was started for it, and nowhere else. */
function processesOf(path: string): readonly number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((pid) => environmentOf(pid).includes(`HOME=${path}\0`));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // Gone in the meantime, or not ours.
    return '';
  }
}

async function clearAway(home: Home): Promise<void> {
  await until(() => {
    const left = home.processes();
    for (const pid of left) kill(pid);
    return left.length === 0;
  }, 'all that was started to end');
  await rm(home.path, { recursive: true, force: true });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
}
