import { join } from 'node:path';
import { type Clock, systemClock } from '../../core/time.js';
import { makePrivateFolder } from '../files/atomic.js';
import {
  isHolderAlive,
  type LockContent,
  ownLockLines,
  readLockFile,
  releaseLockFile,
  tryLockFile,
} from '../files/lock-file.js';
import { processStartTimeOf } from '../process/identity.js';
import { ProvisioningError } from './errors.js';

/** A process that started this much later than the lock was made did not make it. Clocks are set by less. */
const LATER_START_MS = 60_000;

/** Holds `.provisioning.lock`; released once. */
export interface ProvisioningLock {
  release(): Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Takes the lock that the desktop app honours too: text, the holder's process id and a newline; ours adds the
 * process's start time on a second line, since process ids are reused. Rejects with `provisioning-in-progress`.
 */
export async function takeProvisioningLock(
  home: string,
  clock: Clock = systemClock,
): Promise<ProvisioningLock> {
  await makePrivateFolder(home);
  const path = lockPath(home);
  const own = await ownLockLines();
  const held = await tryLockFile(path, own, clock, isHeld);
  if (held?.pid !== undefined) throw inProgress({ pid: held.pid, since: held.since });
  return { release: () => releaseLockFile(path, own) };
}

/** Who provisions at this moment, in whatever program; undefined when nobody does. */
export async function findLockHolder(home: string): Promise<LockHolder | undefined> {
  const content = await readLockFile(lockPath(home));
  if (content?.pid === undefined || !(await isHeld(content))) return undefined;
  return { pid: content.pid, since: content.since };
}

/** `what` is being done, where that is known: `creating fra1-edge`. */
export function inProgress(holder: LockHolder, what?: string): ProvisioningError {
  const since = new Date(holder.since).toISOString().slice(0, 19).replace('T', ' ');
  const facts = [what, `process ${holder.pid}`, `since ${since} UTC`].filter(Boolean).join(', ');
  return new ProvisioningError({
    code: 'provisioning-in-progress',
    message: `Another provisioning operation is in progress (${facts}).`,
    hint:
      what === undefined
        ? 'Another program, such as the desktop app, holds the lock. Wait until it ends.'
        : 'Wait until it ends, or attach to it in the servers list.',
  });
}

function lockPath(home: string): string {
  return join(home, '.provisioning.lock');
}

/** The desktop app does not write when its process started: then one that is younger than the lock is another one. */
async function isHeld(content: LockContent): Promise<boolean> {
  if (!(await isHolderAlive(content))) return false;
  if (content.startedAt !== undefined || content.pid === undefined) return true;
  const startedAt = await processStartTimeOf(content.pid);
  return startedAt === undefined || startedAt < content.since + LATER_START_MS;
}
