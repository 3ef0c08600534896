import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { asFileError, makePrivateFolder, writeNewFile } from '../files/atomic.js';
import { isSameProcessAlive, processStartOf } from '../process/identity.js';
import { ProvisioningError } from './errors.js';

/** Holds `.provisioning.lock`; released once. */
export interface ProvisioningLock {
  release(): Promise<void>;
}

export interface LockHolder {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

interface LockContent extends LockHolder {
  readonly startedAt: string | undefined;
  readonly text: string;
}

/**
 * Takes the lock that the desktop app honours too: text, the holder's process id and a newline; ours adds the
 * process's start time on a second line, since process ids are reused. Rejects with `provisioning-in-progress`.
 */
export async function takeProvisioningLock(home: string): Promise<ProvisioningLock> {
  await makePrivateFolder(home);
  const path = lockPath(home);
  const text = `${process.pid}\n${(await processStartOf(process.pid)) ?? ''}\n`;
  for (;;) {
    if (await createWhole(path, text)) return { release: () => releaseOwn(path, text) };
    const holder = await readLock(path);
    if (holder === undefined) continue;
    if (await isSameProcessAlive(holder.pid, holder.startedAt)) throw inProgress(holder);
    await removeStale(path, holder.text);
  }
}

/** Who provisions at this moment, in whatever program; undefined when nobody does. */
export async function findLockHolder(home: string): Promise<LockHolder | undefined> {
  const holder = await readLock(lockPath(home));
  if (holder === undefined) return undefined;
  return (await isSameProcessAlive(holder.pid, holder.startedAt)) ? holder : undefined;
}

export function inProgress(holder: LockHolder): ProvisioningError {
  const since = new Date(holder.since).toISOString().slice(0, 19).replace('T', ' ');
  return new ProvisioningError({
    code: 'provisioning-in-progress',
    message: `Another provisioning operation is in progress (process ${holder.pid}, since ${since} UTC).`,
    hint: 'Wait until it ends, or attach to it in the servers list.',
  });
}

function lockPath(home: string): string {
  return join(home, '.provisioning.lock');
}

/** A link appears with its content, so that nobody ever reads a lock that is still empty. */
async function createWhole(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeNewFile(own, text);
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    if (['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(systemCodeOf(error) ?? '')) {
      return await createExclusively(path, text);
    }
    throw asFileError(error, path);
  } finally {
    await rm(own, { force: true });
  }
}

/** For file systems without hard links. */
async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    await writeNewFile(path, text);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw asFileError(error, path);
  }
}

async function readLock(path: string): Promise<LockContent | undefined> {
  try {
    const [text, stats] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    const [pid = '', startedAt] = text.split('\n');
    // What is not a process id holds nothing: signal 0 to 0 or -1 would always succeed.
    const holder = /^[1-9]\d{0,9}$/.test(pid) ? Number(pid) : Number.MAX_SAFE_INTEGER;
    return { pid: holder, startedAt: startedAt || undefined, since: stats.mtimeMs, text };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

/** Moves a stale lock away. If another program took it over in between, its lock is put back. */
async function removeStale(path: string, staleText: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw asFileError(error, path);
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== staleText) {
    await link(aside, path).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    });
  }
  await rm(aside, { force: true });
}

async function releaseOwn(path: string, text: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === text) await rm(path, { force: true });
}
