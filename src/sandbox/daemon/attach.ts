import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/time.js';
import { PRIVATE_FILE_MODE, refuseSymbolicLink } from '../../services/files/atomic.js';
import { startProgram } from '../../services/process/program.js';
import { type HeldSandbox, holdSandbox } from '../client/sandbox-client.js';
import { SandboxError, type SandboxFolder } from '../folder.js';
import { newSocketName, readRecord, socketPathIn } from './record.js';

const START_LIMIT_MS = 20_000;
const LOOK_MS = 25;

export interface AttachOptions {
  /** Program and arguments that run `runSandboxDaemon` for the same home, when none runs yet. */
  readonly command: readonly [string, ...string[]];
  /** Environment of the daemon; `childEnvironment()` when left out. */
  readonly env?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** A sandbox held by this process; ends a while after its last holder released it. */
export interface AttachedSandbox extends HeldSandbox {
  /** For everything that this program asks of it. */
  readonly socketPath: string;
  /**
   * True when no sandbox ran before the call: records of an earlier world in the home folder are
   * void.
   */
  readonly fresh: boolean;
}

/** Joins the sandbox of this home folder, or starts one. Rejects with SandboxError `sandbox-not-started`. */
export async function attachSandbox(
  { path: home }: SandboxFolder,
  options: AttachOptions,
): Promise<AttachedSandbox> {
  const clock = options.clock ?? systemClock;
  // Before a daemon is started that could not say it.
  socketPathIn(home, newSocketName());
  const running = await tryRecord(home, false);
  if (running !== undefined) return running;
  const daemon = await startDaemon(home, options);
  const deadline = clock.monotonic() + START_LIMIT_MS;
  while (clock.monotonic() < deadline && !daemon.failed()) {
    // Join any daemon: another program may have started one first.
    const started = await tryRecord(home, true);
    if (started !== undefined) return started;
    await clock.sleep(LOOK_MS);
  }
  throw new SandboxError({
    code: 'sandbox-not-started',
    message: `The sandbox could not be started${daemon.reason()}.`,
    hint: `Its own words are in ${logPath(home)}.`,
  });
}

async function tryRecord(home: string, fresh: boolean): Promise<AttachedSandbox | undefined> {
  const record = await readRecord(home);
  if (record === undefined) return undefined;
  const socketPath = socketPathIn(home, record.socket);
  const held = await holdSandbox(socketPath);
  return held && { ...held, socketPath, fresh };
}

function logPath(home: string): string {
  return join(home, 'sandbox.log');
}

interface StartedDaemon {
  /** True when the daemon ended without handing over to another one. */
  failed(): boolean;
  /** ` (exit code 1)`, or nothing. */
  reason(): string;
}

/** A session of its own: it does not end with this terminal. What it dies of is in its log. */
async function startDaemon(
  home: string,
  { command: [program, ...args], env }: AttachOptions,
): Promise<StartedDaemon> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const path = logPath(home);
  await refuseSymbolicLink(path);
  const log = await open(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, PRIVATE_FILE_MODE);
  const child: ChildProcess = startProgram(program, args, {
    detached: true,
    stdio: ['ignore', 'ignore', log.fd],
    cwd: '/',
    env,
  });
  child.unref();
  await log.close();
  let ended: string | undefined;
  child.on('exit', (code, signal) => {
    // 0: another daemon was there first, and its record is.
    if (code !== 0) ended = ` (${code === null ? `signal ${signal}` : `exit code ${code}`})`;
  });
  child.on('error', (error) => (ended = ` (${error.message})`));
  return { failed: () => ended !== undefined, reason: () => ended ?? '' };
}
