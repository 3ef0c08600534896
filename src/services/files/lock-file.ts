import { link, lstat, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { PortlamaError, systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { isPlace, livenessOf, ownPlace, processStartOf } from '../process/identity.js';
import { asFileError, temporaryBeside, writeNewFile } from './atomic.js';
import { type Holder, lockByKernel, type Sight, sightOf } from './kernel-lock.js';

const EMPTY_POLL_MS = 15;
/**
 * Polls before an empty lock counts as abandoned. Without hard links a lock is empty for an
 * instant.
 */
const EMPTY_POLLS = 20;
/** A takeover is a matter of a few system calls; one that takes this long was cut off. */
const GUARD_POLLS = 200;

/**
 * Milliseconds after which a holder that cannot be seen is taken for dead. Only for locks that are held for the
 * milliseconds of one change.
 */
const UNSEEN_PATIENCE_MS = 30_000;
const KERNEL_LOCK = 'flock ';

/**
 * Content of a lock file: process id of its holder on the first line, that process's start on the
 * second, its place on the third, and its kernel lock, if any, on the fourth.
 */
export interface LockContent extends Omit<Holder, 'pid'> {
  readonly text: string;
  /** Undefined for what is no process id. */
  readonly pid: number | undefined;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The first lines for a lock of this process. */
async function ownLockLines(): Promise<string> {
  const place = ownPlace();
  const lines = [process.pid, (await processStartOf(process.pid)) ?? ''];
  return [...lines, ...(place === undefined ? [] : [place]), ''].join('\n');
}

/** A lock that is held until it is released, or its process ends. */
export interface HeldLock {
  release(): Promise<void>;
}

/** Another process that holds a lock. */
export interface OtherHolder {
  readonly content: LockContent;
  readonly sight: Sight;
}

/**
 * Takes the lock at `path` for as long as this process needs it, unless another one holds it: one whose end `see` cannot
 * be sure of keeps it.
 */
export async function holdLockFile(
  path: string,
  clock: Clock,
  see = (content: LockContent): Promise<Sight | undefined> => seeHolder(content, path),
): Promise<HeldLock | OtherHolder> {
  const own = await ownLockLines();
  let sight: Sight | undefined;
  const content = await tryLockFile(path, own, clock, async (found) => {
    sight = await see(found);
    return sight !== undefined;
  });
  if (content !== undefined && sight !== undefined) return { content, sight };
  const kernel = await lockByKernel(path);
  // Wait for the line: until then, programs that cannot see this process leave the lock alone.
  if (kernel !== undefined && (await readLockFile(path))?.text === own)
    kernel.append(`${KERNEL_LOCK}${kernel.mark}\n`);
  return {
    async release() {
      await releaseLockFile(path, own);
      kernel?.release();
    },
  };
}

/** Liveness of the holder of a lock; undefined for one that has ended. */
export async function seeHolder(
  { pid, ...content }: LockContent,
  path: string,
): Promise<Sight | undefined> {
  return pid === undefined ? undefined : await sightOf({ ...content, pid }, path);
}

/**
 * Creates the lock file with this content; a lock whose holder is gone is taken over. Undefined when it was taken,
 * else what the living holder wrote.
 */
async function tryLockFile(
  path: string,
  own: string,
  clock: Clock,
  isHeld: (content: LockContent) => Promise<boolean> = (content) => isHeldBriefly(content, clock),
): Promise<LockContent | undefined> {
  for (let emptyPolls = 0; ;) {
    if (await createWhole(path, own)) return undefined;
    const content = await readLockFile(path);
    if (content === undefined) continue;
    if (content.text === '' && emptyPolls++ < EMPTY_POLLS) await clock.sleep(EMPTY_POLL_MS);
    else if (await isHeld(content)) return content;
    else await removeStale(path, content.text, own, clock);
  }
}

/** True when the process that made the lock lives; an invisible one is granted some seconds. */
async function isHeldBriefly(content: LockContent, clock: Clock): Promise<boolean> {
  const { pid, since } = content;
  if (pid === undefined) return false;
  const liveness = await livenessOf({ ...content, pid });
  return liveness === 'unseen' ? clock.now() - since < UNSEEN_PATIENCE_MS : liveness === 'alive';
}

/** Undefined when there is none. */
export async function readLockFile(path: string): Promise<LockContent | undefined> {
  try {
    const [text, stats] = await Promise.all([readFile(path, 'utf8'), lstat(path)]);
    const [pid = '', startedAt, place = '', fourth = ''] = text.split('\n');
    return {
      text,
      // Signal 0 to 0 or to -1 would always succeed: those hold nothing.
      pid: /^[1-9]\d{0,9}$/.test(pid) ? Number(pid) : undefined,
      startedAt: startedAt || undefined,
      place: isPlace(place) ? place : undefined,
      kernelLock: fourth.startsWith(KERNEL_LOCK) ? fourth.slice(KERNEL_LOCK.length) : undefined,
      since: stats.mtimeMs,
    };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

/** Removes the lock that begins with this text, unless another program holds it by now. */
async function releaseLockFile(path: string, own: string): Promise<void> {
  if ((await readLockFile(path))?.text.startsWith(own)) await rm(path, { force: true });
}

/**
 * Creates the lock by a hard link, which appears together with its content, so that an empty lock
 * is never read. File systems without hard links or locks refuse it with various codes; then
 * creates the file itself, which fails with the real cause.
 */
async function createWhole(path: string, content: string): Promise<boolean> {
  const aside = temporaryBeside(path);
  try {
    await writeNewFile(aside, content).catch((error: unknown) => {
      throw asFileError(error, path);
    });
    const refusal = await link(aside, path).catch((error: unknown) => error);
    if (refusal === undefined) return true;
    // Over a network the answer to a link that was made can be lost, and the repeated request finds it there.
    if (systemCodeOf(refusal) === 'EEXIST') return (await lstat(aside)).nlink === 2;
  } finally {
    await rm(aside, { force: true });
  }
  return await createWithoutLink(path, content);
}

async function createWithoutLink(path: string, content: string): Promise<boolean> {
  try {
    await writeNewFile(path, content);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw asFileError(error, path);
  }
}

/**
 * Removes a lock whose holder is gone. One process at a time: between the look and the removal another one could
 * take the lock over, and lose it to this removal.
 */
async function removeStale(path: string, stale: string, own: string, clock: Clock): Promise<void> {
  const guard = `${path}.takeover`;
  for (let polls = 0; !(await createWhole(guard, own)); polls++) {
    const other = await readLockFile(guard);
    if (other === undefined) continue;
    const isOver = other.text !== '' && !(await isHeldBriefly(other, clock));
    if (isOver || polls > GUARD_POLLS) await rm(guard, { force: true });
    else await clock.sleep(EMPTY_POLL_MS);
  }
  try {
    if ((await readLockFile(path))?.text === stale) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

const POLL_MS = 15;
const PATIENCE_MS = 5_000;

/** Another process of ours holds a file for longer than a change takes. */
export class LockError extends PortlamaError {
  override readonly name = 'LockError';
}

/**
 * Runs `work` while this process alone holds the lock file: text, process id, start time, place, and a word never
 * used twice. A lock whose process is gone is taken over, and after 30 s one whose process cannot be seen from here.
 * Waits up to 5 s, then rejects with `file-busy`.
 */
export async function withLockFile<T>(
  path: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const own = `${await ownLockLines()}${randomBytes(8).toString('hex')}\n`;
  await takeLock(path, own, clock);
  try {
    return await work();
  } finally {
    await releaseLockFile(path, own);
  }
}

async function takeLock(path: string, own: string, clock: Clock): Promise<void> {
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    const holder = await tryLockFile(path, own, clock);
    if (holder === undefined) return;
    if (clock.monotonic() >= giveUpAt) throw busy(path, holder.pid);
    await clock.sleep(POLL_MS);
  }
}

function busy(path: string, pid: number | undefined): LockError {
  return new LockError({
    code: 'file-busy',
    message: `Process ${pid} has been holding ${path} for more than ${PATIENCE_MS / 1000} s.`,
    hint: `If process ${pid} hangs, end it. In a container that is gone, it is waited for 30 s.`,
    retryable: true,
  });
}
