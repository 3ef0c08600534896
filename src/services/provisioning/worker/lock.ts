import { join } from 'node:path';
import { provisioningBusyText } from '../../../core/errors.js';
import { type Clock, systemClock } from '../../../core/time.js';
import { makePrivateFolder } from '../../files/atomic.js';
import { lockByKernel, type Sight, sightOf } from '../../files/kernel-lock.js';
import {
  kernelLockLine,
  type LockContent,
  ownLockLines,
  readLockFile,
  releaseLockFile,
  tryLockFile,
} from '../../files/lock-file.js';
import { processStartTimeOf } from '../../process/identity.js';
import { ProvisioningError } from '../errors.js';

/**
 * Smallest delay from lock to process start that proves another process made the lock. Clock
 * corrections are smaller.
 */
const LATER_START_MS = 60_000;

/** Holds `.provisioning.lock`; released once. */
export interface ProvisioningLock {
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

/**
 * Takes the lock that the desktop app honours too: text, the holder's process id and a newline; ours adds lines that
 * say which process that is, and where (`LockContent`). A holder that cannot be seen from here keeps it. Rejects with
 * `provisioning-in-progress`.
 */
export async function takeProvisioningLock(
  home: string,
  clock: Clock = systemClock,
): Promise<ProvisioningLock> {
  await makePrivateFolder(home);
  const path = provisioningLockPath(home);
  const own = await ownLockLines();
  let sight: Sight | undefined;
  const held = await tryLockFile(path, own, clock, async (content) => {
    sight = await sightOfHolder(content, path);
    return sight !== undefined;
  });
  if (held?.pid !== undefined && sight !== undefined) {
    const { pid, startedAt, since } = held;
    throw inProgress({ pid, startedAt, since, sight }, home);
  }
  const kernelLock = await lockByKernel(path);
  // Wait for the line: until then, programs that cannot see this process leave the lock alone.
  if (kernelLock !== undefined && (await readLockFile(path))?.text === own)
    kernelLock.append(kernelLockLine(kernelLock.mark));
  return {
    async release() {
      await releaseLockFile(path, own);
      kernelLock?.release();
    },
  };
}

/** Finds the process provisioning now, in any program; undefined when there is none. */
export async function findLockHolder(home: string): Promise<LockHolder | undefined> {
  const path = provisioningLockPath(home);
  const content = await readLockFile(path);
  if (content?.pid === undefined) return undefined;
  const sight = await sightOfHolder(content, path);
  const { pid, startedAt, since } = content;
  return sight === undefined ? undefined : { pid, startedAt, since, sight };
}

/** `work`: what the holder is making, where that is known. */
export function inProgress(
  holder: LockHolder,
  home: string,
  work?: { readonly label: string; readonly id: string },
): ProvisioningError {
  const { pid, sight } = holder;
  const since = new Date(holder.since).toISOString().slice(0, 19).replace('T', ' ');
  const process = `process ${pid}${sight === 'here' ? '' : ` ${ELSEWHERE}`}`;
  const what = work === undefined ? [] : [`${work.label}, operation ${work.id}`];
  const facts = [...what, process, `since ${since} UTC`];
  const code = 'provisioning-in-progress';
  if (sight === 'unknown') {
    return new ProvisioningError({
      code,
      message: `Another provisioning operation may be in progress: cannot tell from here (${facts.join(', ')}).`,
      hint: wayOutOfSight(home),
    });
  }
  return new ProvisioningError({
    code,
    message: provisioningBusyText(facts),
    hint:
      work === undefined
        ? 'Another program, such as the desktop app, holds the lock. Wait until it ends.'
        : { lead: 'Wait until it ends, or watch it', command: 'operations.attach', id: work.id },
  });
}

/** Place of an invisible process, shown after its id. */
export const ELSEWHERE = 'of another container or machine';

/** Its end can only be seen there. */
export function wayOutOfSight(home: string): string {
  return `Look there. Only when that container or machine is certainly gone: remove ${provisioningLockPath(home)} and try again.`;
}

function provisioningLockPath(home: string): string {
  return join(home, '.provisioning.lock');
}

async function sightOfHolder(content: LockContent, path: string): Promise<Sight | undefined> {
  const { pid } = content;
  if (pid === undefined) return undefined;
  const sight = await sightOf({ ...content, pid }, path);
  return sight === 'here' && (await isYounger({ ...content, pid })) ? undefined : sight;
}

/** The desktop app does not write when its process started: then one that is younger than the lock is another one. */
async function isYounger({
  pid,
  startedAt,
  since,
}: LockContent & { readonly pid: number }): Promise<boolean> {
  if (startedAt !== undefined) return false;
  const start = await processStartTimeOf(pid);
  return start !== undefined && start >= since + LATER_START_MS;
}
