import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { PortlamaError, systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { isSameProcessAlive, processStartOf } from '../process/identity.js';
import { asFileError, writeNewFile } from './atomic.js';

const POLL_MS = 15;
const PATIENCE_MS = 5_000;

/** Another process of ours holds a file for longer than a change takes. */
export class LockError extends PortlamaError {
  override readonly name = 'LockError';
}

/**
 * Runs `work` while this process alone holds the lock file: text, process id, start time, and a word that is never
 * used twice. A lock whose process is gone is taken over. Waits up to 5 s, then rejects with `file-busy`.
 */
export async function withLockFile<T>(
  path: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  const own = await takeLock(path, clock);
  try {
    return await work();
  } finally {
    await releaseLock(path, own);
  }
}

async function takeLock(path: string, clock: Clock): Promise<string> {
  const start = (await processStartOf(process.pid)) ?? '';
  const own = `${process.pid}\n${start}\n${randomBytes(8).toString('hex')}\n`;
  const giveUpAt = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    if (await createLock(path, own)) return own;
    const held = await readLock(path);
    if (held === undefined) continue;
    const [pid = '', startedAt] = held.split('\n');
    const patient = clock.monotonic() < giveUpAt;
    // Without hard links a lock is empty for an instant.
    const alive = held === '' ? patient : await isHolderAlive(pid, startedAt);
    if (!alive) await removeStale(path, held);
    else if (!patient) throw busy(path, pid);
    else await clock.sleep(POLL_MS);
  }
}

async function isHolderAlive(pid: string, startedAt: string | undefined): Promise<boolean> {
  // What is no process id holds nothing: signal 0 to 0 or -1 would always succeed.
  return /^[1-9]\d{0,9}$/.test(pid) && (await isSameProcessAlive(Number(pid), startedAt));
}

/** A link appears together with its content, so that nobody ever reads a lock that is still empty. */
async function createLock(path: string, content: string): Promise<boolean> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeNewFile(aside, content);
    await link(aside, path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    // File systems without hard links say one of these.
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(systemCodeOf(error) ?? '')) {
      throw asFileError(error, path);
    }
  } finally {
    await rm(aside, { force: true });
  }
  return await createLockWithoutLink(path, content);
}

async function createLockWithoutLink(path: string, content: string): Promise<boolean> {
  try {
    await writeNewFile(path, content);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw asFileError(error, path);
  }
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

/** Moves a stale lock away. One that somebody else took over in between is put back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw asFileError(error, path);
  }
  if ((await readLock(aside)) !== stale) {
    await link(aside, path).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    });
  }
  await rm(aside, { force: true });
}

async function releaseLock(path: string, own: string): Promise<void> {
  if ((await readLock(path)) === own) await rm(path, { force: true });
}

function busy(path: string, pid: string): LockError {
  return new LockError({
    code: 'file-busy',
    message: `Process ${pid} has been holding ${path} for more than ${PATIENCE_MS / 1000} s.`,
    hint: `If process ${pid} hangs, end it, then try again.`,
    retryable: true,
  });
}
