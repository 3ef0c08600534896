import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { holdSandbox } from '../client/sandbox-client.js';
import type { SandboxFolder } from '../folder.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../sandbox.js';
import {
  claimRecord,
  newSocketName,
  readRecord,
  removeRecord,
  type SandboxRecord,
  socketPathIn,
} from './record.js';

/** Time the sandbox outlives the last program that held it. */
const IDLE_MS = 10 * 60_000;

export interface SandboxDaemonOptions extends SandboxOptions {
  /** Milliseconds without a program that holds the sandbox, after which it ends. */
  readonly idleMs?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the sandbox of a home folder until it is unused or gets SIGTERM. Resolves at once when one
 * already runs for that folder. Keeps its world in this process's memory only.
 */
export async function runSandboxDaemon(
  { path: home }: SandboxFolder,
  options: SandboxDaemonOptions = {},
): Promise<void> {
  const socket = newSocketName();
  const sandbox = await startSandbox({ ...options, socketPath: socketPathIn(home, socket) });
  try {
    if (!(await takeHome(home, { world: sandbox.world, pid: process.pid, socket }))) return;
    await endOfUse(sandbox, options);
    await removeRecord(home, sandbox.world);
  } finally {
    await sandbox.close();
  }
}

/** False when another living sandbox has it. */
async function takeHome(home: string, record: SandboxRecord): Promise<boolean> {
  while (!(await claimRecord(home, record))) {
    const other = await readRecord(home);
    const held = other && (await holdSandbox(socketPathIn(home, other.socket)));
    held?.detach();
    if (held !== undefined) return false;
    await removeRecord(home, other?.world);
    // Left by one that was killed.
    if (other !== undefined) await rm(socketPathIn(home, other.socket), { force: true });
  }
  return true;
}

/** Resolves when no program has held the sandbox for a while, or at the signal. */
async function endOfUse(
  { attachments }: Sandbox,
  { idleMs = IDLE_MS, signal }: SandboxDaemonOptions,
): Promise<void> {
  const ended = new AbortController();
  const end = (): void => ended.abort();
  let timer: NodeJS.Timeout | undefined;
  const watch = (count: number): void => {
    clearTimeout(timer);
    if (count === 0) timer = setTimeout(end, idleMs);
  };
  const subscription = attachments.onChange(watch);
  watch(attachments.count);
  process.on('SIGTERM', end).on('SIGINT', end);
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  if (!ended.signal.aborted) await once(ended.signal, 'abort');
  clearTimeout(timer);
  subscription.dispose();
  process.off('SIGTERM', end).off('SIGINT', end);
  signal?.removeEventListener('abort', end);
}
