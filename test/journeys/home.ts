import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createSandboxControl,
  type SandboxControl,
} from '../../src/sandbox/client/sandbox-control.js';
import { until } from './until.js';

/** The program as `npm run build` leaves it. */
export const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** A person's home on a fresh machine: empty, and gone with everything that runs in it when the test ends. */
export interface Home {
  /** HOME. */
  readonly path: string;
  /** PORTLAMA_HOME. */
  readonly portlama: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The sandbox that runs for it. */
  sandbox(): Promise<SandboxControl>;
  /** Ends the sandbox as a person would who looks its process up. */
  endSandbox(): Promise<void>;
  /** Processes that work in this home, of whichever program. */
  processes(): readonly number[];
}

export async function freshHome(): Promise<Home> {
  if (!existsSync(MAIN)) throw new Error(`There is no ${MAIN}: npm run build makes it.`);
  // Not wherever TMPDIR says: the screens show paths, and drawn ones have theirs.
  const path = await mkdtemp('/tmp/portlama-journey-');
  const portlama = join(path, 'portlama');
  const home: Home = {
    path,
    portlama,
    environment: {
      HOME: path,
      PORTLAMA_HOME: portlama,
      PORTLAMA_SANDBOX_DELAYS: '0',
      PATH: process.env['PATH'] ?? '',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      TZ: 'UTC',
    },
    async sandbox() {
      const { url, secret } = await sandboxRecord(portlama);
      return createSandboxControl(url, secret);
    },
    async endSandbox() {
      const { pid } = await sandboxRecord(portlama);
      process.kill(pid, 'SIGTERM');
      await until(() => !home.processes().includes(pid), 'the sandbox to end');
    },
    processes: () => processesOf(path),
  };
  onTestFinished(() => clearAway(home));
  return home;
}

interface SandboxRecord {
  readonly url: string;
  readonly secret: string;
  readonly pid: number;
}

async function sandboxRecord(portlama: string): Promise<SandboxRecord> {
  return JSON.parse(await readFile(join(portlama, 'sandbox.json'), 'utf8')) as SandboxRecord;
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
