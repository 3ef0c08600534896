import { basename, dirname, join } from 'node:path';
import { provisioningBusyText } from '../../../core/errors.js';
import { type Clock, systemClock } from '../../../core/time.js';
import { makePrivateFolder } from '../../files/atomic.js';
import type { Sight } from '../../files/kernel-lock.js';
import { holdLockFile, type LockContent, readLockFile, seeHolder } from '../../files/lock-file.js';
import { processStartTimeOf } from '../../process/identity.js';
import { serverFolder } from '../../registry/server-files.js';
import { ProvisioningError } from '../errors.js';
import { operationsFolder } from '../journal/journal.js';
import type { OperationRequest } from '../journal/records.js';

const PROVISIONING_LOCK = '.provisioning.lock';

/**
 * Smallest delay from lock to process start that proves another process made the lock. Clock
 * corrections are smaller.
 */
const LATER_START_MS = 60_000;

/** Holds the lock of an operation; released once. */
export interface OperationLock {
  release(): Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  /** See `processStartOf`; undefined for a program that does not write it. */
  readonly startedAt: string | undefined;
  readonly sight: Sight;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** Path of the lock of provisionings, which the desktop app honours too. */
export function provisioningLockPath(home: string): string {
  return join(home, PROVISIONING_LOCK);
}

/**
 * Path of the lock of an operation: the one of provisionings, or the server's, where
 * work on a server that exists is about to begin.
 */
export function lockPathOf(
  home: string,
  request: Pick<OperationRequest, 'kind' | 'serverId'>,
): string {
  if (request.kind === undefined) return provisioningLockPath(home);
  return join(operationsFolder(home), `${basename(serverFolder(home, request.serverId))}.lock`);
}

/**
 * Takes the lock at `path`: text, the holder's process id and a newline; ours adds lines that
 * say which process that is, and where (`LockContent`). A holder that cannot be seen from here keeps it. Rejects with
 * `provisioning-in-progress`.
 */
export async function takeLock(path: string, clock: Clock = systemClock): Promise<OperationLock> {
  await makePrivateFolder(dirname(path));
  const held = await holdLockFile(path, clock, (content) => sightOfHolder(content, path));
  if ('release' in held) return held;
  const { pid, startedAt, since } = held.content;
  throw inProgress({ pid: pid!, startedAt, since, sight: held.sight }, path);
}

/** Finds the process that holds the lock, in any program; undefined when there is none. */
export async function findLockHolder(path: string): Promise<LockHolder | undefined> {
  const content = await readLockFile(path);
  if (content?.pid === undefined) return undefined;
  const sight = await sightOfHolder(content, path);
  const { pid, startedAt, since } = content;
  return sight === undefined ? undefined : { pid, startedAt, since, sight };
}

/** `work`: what the holder is making, where that is known. */
export function inProgress(
  holder: LockHolder,
  path: string,
  work?: { readonly label: string; readonly id: string },
): ProvisioningError {
  const { pid, sight } = holder;
  const since = new Date(holder.since).toISOString().slice(0, 19).replace('T', ' ');
  const process = `process ${pid}${sight === 'here' ? '' : ` ${ELSEWHERE}`}`;
  const what = work === undefined ? [] : [`${work.label}, operation ${work.id}`];
  const facts = [...what, process, `since ${since} UTC`];
  const isOfServer = basename(path) !== PROVISIONING_LOCK;
  const code = isOfServer ? 'server-busy' : 'provisioning-in-progress';
  if (sight === 'unknown') {
    return new ProvisioningError({
      code,
      message: `${isOfServer ? 'Other work on this server' : 'Another provisioning operation'} may be in progress: cannot tell from here (${facts.join(', ')}).`,
      hint: wayOutOfSight(path),
    });
  }
  return new ProvisioningError({
    code,
    message: isOfServer
      ? `Other work on this server is in progress (${facts.join(', ')}).`
      : provisioningBusyText(facts),
    hint:
      work === undefined
        ? 'Another program, such as the desktop app, holds the lock. Wait until it ends.'
        : { lead: 'Wait until it ends, or watch it', command: 'operations.attach', id: work.id },
  });
}

/** Place of an invisible process, shown after its id. */
export const ELSEWHERE = 'of another container or machine';

/** Its end can only be seen there. */
export function wayOutOfSight(path: string): string {
  return `Check there. Only if that container or machine certainly no longer exists, remove ${path} and try again.`;
}

async function sightOfHolder(content: LockContent, path: string): Promise<Sight | undefined> {
  const sight = await seeHolder(content, path);
  return sight === 'here' && (await isYounger(content)) ? undefined : sight;
}

/** The desktop app does not write when its process started: then one that is younger than the lock is another one. */
async function isYounger({ pid, startedAt, since }: LockContent): Promise<boolean> {
  if (pid === undefined || startedAt !== undefined) return false;
  const start = await processStartTimeOf(pid);
  return start !== undefined && start >= since + LATER_START_MS;
}
