import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { constants, existsSync, renameSync } from 'node:fs';
import { PortlamaError, systemCodeOf } from '../../core/errors.js';
import { isProcessAlive, ownNamespace } from '../process/identity.js';
import { ENV } from '../../core/product.js';

const DIGITS = 8;
const CHANCE_BYTES = 6;
const NUMBER = `[0-9a-f]{${DIGITS}}`;
/** Process id, its pid namespace (missing in older names), and chance. */
const NAME = new RegExp(`^\\..+\\.(${NUMBER})(${NUMBER})?[0-9a-f]{${CHANCE_BYTES * 2}}\\.tmp$`);
/** Writing a file takes milliseconds: after so many, the process in another container is gone. */
const UNSEEN_PATIENCE_MS = 60_000;

/** A hidden name beside `path`, never used twice, that tells which process of which pid namespace it belongs to. */
export function temporaryBeside(path: string): string {
  const owner = [process.pid, ownNamespace()].map(hex).join('');
  const name = `.${basename(path).replace(/^\./, '')}.${owner}${randomBytes(CHANCE_BYTES).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

/** Removes what processes that are gone left under such names in a folder. What cannot be removed stays. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const [, pid, namespace] = NAME.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const isSeen = namespace === undefined || namespace === hex(ownNamespace());
    if (isSeen ? isProcessAlive(Number.parseInt(pid, 16)) : await isRecent(path)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isRecent(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs < UNSEEN_PATIENCE_MS;
}

function hex(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}

export const PRIVATE_FILE_MODE = 0o600;
export const PRIVATE_FOLDER_MODE = 0o700;

/** A file or folder could not be used safely. */
export class FileError extends PortlamaError {
  override readonly name = 'FileError';
}

/** Makes the folder and its missing parents, private from the first instant. Refuses a symbolic link in its place. */
export async function makePrivateFolder(path: string): Promise<void> {
  await makeFolders(path).catch((error: unknown) => {
    throw asFileError(error, path);
  });
  await refuseSymbolicLink(path);
}

/**
 * Creates the folders without `recursive`, with which Node.js reports ENOENT for a read-only or
 * full file system.
 */
async function makeFolders(path: string): Promise<void> {
  const make = (): Promise<unknown> => mkdir(path, { mode: PRIVATE_FOLDER_MODE });
  try {
    await make();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'EEXIST' && !(await lstat(path)).isFile()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    // Another process may have made it in the meantime.
    await make().catch((again: unknown) => {
      if (systemCodeOf(again) !== 'EEXIST') throw again;
    });
  }
}

/**
 * Replaces a file so that a reader, and a crash at any moment, sees the old content or the new, whole.
 * The file is 0600 from the first instant. Refuses a symbolic link in its place.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await replaceFile(path, content, () => true);
}

/**
 * Replaces a file like `writeFileAtomic`, unless `isStillWanted` returns false: it is called when
 * the new file is ready, in the same turn of the event loop that renames it, so that almost nothing
 * can happen in between. Resolves to false when it was not replaced.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  isStillWanted: () => boolean,
): Promise<boolean> {
  await refuseSymbolicLink(path);
  const temporary = temporaryBeside(path);
  try {
    await writeNewFile(temporary, content);
    if (!isStillWanted()) {
      await rm(temporary, { force: true });
      return false;
    }
    renameSync(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asFileError(error, path);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Creates a file that must not exist yet, 0600, flushed to the disk. */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, PRIVATE_FILE_MODE);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename, creation or removal in the folder survive a power loss. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } catch (error) {
    // Some network file systems cannot flush a folder.
    if (!['EINVAL', 'EPERM', 'ENOTSUP'].includes(systemCodeOf(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

export async function refuseSymbolicLink(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  });
  if (!stats?.isSymbolicLink()) return;
  throw new FileError({
    code: 'symbolic-link',
    message: `${path} is a symbolic link, and the program does not write through links.`,
    hint: `Replace the link with a real file or folder, or set ${ENV.home} to another folder.`,
  });
}

/** A system error about `path` in words a person can act on; anything else as it is. */
export function asFileError(error: unknown, path: string): unknown {
  const reasons: Readonly<Record<string, readonly [string, string]>> = {
    ENOSPC: ['the disk is full', 'Free some space, then try again.'],
    EDQUOT: ['the disk quota is used up', 'Free some space, then try again.'],
    EROFS: ['the file system is read-only', `Set ${ENV.home} to a folder that can be written.`],
    EACCES: [
      'permission is denied',
      `Check who owns the folder, or set ${ENV.home} to another one.`,
    ],
    EBUSY: [
      'it is mounted by itself, or in use',
      'Mount the whole folder instead of this one file, then try again.',
    ],
    EPERM: [
      'permission is denied',
      `Check who owns the folder, or set ${ENV.home} to another one.`,
    ],
  };
  const code = systemCodeOf(error) ?? '';
  const reason = code === 'EEXIST' || code === 'ENOTDIR' ? fileInTheWay(path) : reasons[code];
  if (reason === undefined) return error;
  return new FileError({
    code: `file-${code.toLowerCase()}`,
    message: `${path} cannot be written: ${reason[0]}.`,
    hint: reason[1],
    cause: error,
  });
}

function fileInTheWay(path: string): readonly [string, string] {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  return [
    `${there} is a file, and a folder is needed there`,
    `Move the file away, or set ${ENV.home} to another folder.`,
  ];
}

/**
 * Overwrites a file with zeros and removes it. Does nothing when there is none. A file system that
 * copies on write (APFS, btrfs) may keep the old blocks for a while: the content must be encrypted
 * anyway.
 */
export async function wipeFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    // Remove it even so, then report the error.
    await rm(path, { force: true });
    throw error;
  }
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}
