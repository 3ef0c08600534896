import { randomBytes } from 'node:crypto';
import { PortlamaError } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { ownLockLines, releaseLockFile, tryLockFile } from './lock-file.js';

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
    hint: `If process ${pid} hangs, end it, then try again. In a container that is gone, it is waited for 30 s.`,
    retryable: true,
  });
}
