import { appendFileSync, closeSync, constants, fstatSync, openSync } from 'node:fs';
import { systemClock } from '../../core/time.js';
import { findProgram, startProgram } from '../process/program.js';
import { isOfThisKernel, livenessOf, type RecordedProcess } from '../process/identity.js';

/** Paths of flock of util-linux or busybox; Node.js cannot lock a file by itself. */
const FLOCK = ['/usr/bin/flock', '/bin/flock'];
/** Its exit code when another process holds the lock. */
const HELD = 1;
const TRIES = 10;
const TRY_AGAIN_MS = 20;
const TIMEOUT_MS = 5_000;

/** A lock on a file that its process cannot outlive, seen by every process of this kernel, containers included. */
export interface KernelLock {
  /** Device and inode, for `isLockedByKernel`. */
  readonly mark: string;
  /** Adds to the locked file, whatever is at its path by now; a full disk is no error. */
  append(text: string): void;
  release(): void;
}

/**
 * Locks the file (flock(2)) until it is released or this process ends, however it ends. Undefined where that cannot be
 * done: no flock program, or a file system without locks.
 */
export async function lockByKernel(path: string): Promise<KernelLock | undefined> {
  if (process.platform !== 'linux') return undefined;
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW);
    // Try several times: a process that merely tests the lock holds it for an instant.
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) await systemClock.sleep(TRY_AGAIN_MS);
      const exitCode = await flock('-x', file);
      if (exitCode === HELD) continue;
      if (exitCode !== 0) break;
      const held = file;
      file = undefined;
      return {
        mark: markOf(held),
        append: (text) => tryAppend(held, text),
        release: () => closeSync(held),
      };
    }
  } catch {
    // Ignore failures: a lock that only guards against other programs must not stop the work.
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return undefined;
}

/**
 * Asks the kernel whether a process holds the lock with this mark on the file. Undefined when it cannot tell: the
 * file is another one, or locks do not work here.
 */
async function isLockedByKernel(path: string, mark: string): Promise<boolean | undefined> {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    // Two mounts of a network file system need not know of each other's locks.
    if (markOf(file) !== mark) return undefined;
    const exitCode = await flock('-s', file);
    if (exitCode === HELD) return true;
    return exitCode === 0 ? false : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function tryAppend(file: number, text: string): void {
  try {
    appendFileSync(file, text);
  } catch {
    // Without the line the lock only cannot be asked for.
  }
}

function markOf(file: number): string {
  const { dev, ino } = fstatSync(file, { bigint: true });
  return `${dev}:${ino}`;
}

/** The lock belongs to the open file, which is shared with the program: it stays when that ends. */
function flock(kind: '-x' | '-s', file: number): Promise<number | undefined> {
  const program = findProgram(FLOCK);
  if (program === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = startProgram(program, ['-n', kind, '3'], {
      env: {},
      cwd: '/',
      stdio: ['ignore', 'ignore', 'ignore', file],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    const settle = (exitCode: number | undefined): void => {
      clearTimeout(timer);
      resolve(exitCode);
    };
    child.on('error', () => settle(undefined));
    child.on('close', (exitCode) => settle(exitCode ?? undefined));
  });
}

/** A process that wrote itself down in a file which it works on. */
export interface Holder extends RecordedProcess {
  /** See `KernelLock`; undefined where it has none on the file. */
  readonly kernelLock: string | undefined;
}

/**
 * Visibility of a living holder: `here` by its process id, which signals reach; `elsewhere` by its
 * kernel lock only; `unknown` when it is in another container or on another machine and may or may
 * not live.
 */
export type Sight = 'here' | 'elsewhere' | 'unknown';

/** Undefined for a holder that is known to have ended. */
export async function sightOf(holder: Holder, path: string): Promise<Sight | undefined> {
  const liveness = await livenessOf(holder);
  if (liveness === 'gone') return undefined;
  if (liveness === 'alive') return 'here';
  if (holder.kernelLock === undefined) return 'unknown';
  const isLocked = await isLockedByKernel(path, holder.kernelLock);
  if (isLocked === true) return 'elsewhere';
  // The locks of another machine's kernel may be unknown to this one.
  return isLocked === false && isOfThisKernel(holder.place) ? undefined : 'unknown';
}
