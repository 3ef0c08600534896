import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import { FileError, refuseSymbolicLink } from './atomic.js';
import { requireOwn } from './private-home.js';

/** Far more than any file has that is read whole. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads like `readSmallFile`. Refuses a file that belongs to another user or is writable by others.
 */
export async function readPrivateFile(path: string): Promise<Buffer | undefined> {
  return await readSmallFile(path, (stats) => requireOwn(path, stats));
}

/**
 * Reads a small file; undefined when there is none. Refuses symbolic links and anything that is not
 * a file.
 */
export async function readSmallFile(
  path: string,
  check: (stats: Stats) => void = () => undefined,
): Promise<Buffer | undefined> {
  await refuseSymbolicLink(path);
  try {
    // O_NONBLOCK: a named pipe in the file's place must not hold the program up.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(path, flags);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > MAX_BYTES) throw notAFile(path);
      check(stats);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES' || code === 'EPERM') throw unreadable(path, error);
    throw error;
  }
}

function notAFile(path: string): FileError {
  return new FileError({
    code: 'file-unexpected',
    message: `${path} is not a file of the expected kind or size.`,
    hint: 'Move it away, and put the right file in its place.',
  });
}

function unreadable(path: string, cause: unknown): FileError {
  return new FileError({
    code: 'file-unreadable',
    message: `${path} cannot be read: permission is denied.`,
    hint: 'Check who owns it, and that it is readable for you (chmod 600).',
    cause,
  });
}
