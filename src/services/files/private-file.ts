import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { ENV } from '../../core/product.js';
import { shellWord } from '../../core/shell-word.js';
import { FileError, refuseSymbolicLink } from './atomic.js';

/** Far more than any file has that is read whole. */
const MAX_BYTES = 1024 * 1024;
// O_NONBLOCK: a named pipe in the file's place must not hold the program up.
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads like `readSmallFile`. Refuses a file that belongs to another user or is writable by others.
 */
export async function readPrivateFile(path: string): Promise<Buffer | undefined> {
  return await readSmallFile(path, ownAt(path));
}

/**
 * Reads a small file; undefined when there is none. Refuses symbolic links and anything that is not
 * a file.
 */
export async function readSmallFile(
  path: string,
  check: (stats: Stats) => void = () => undefined,
  maxBytes = MAX_BYTES,
): Promise<Buffer | undefined> {
  await refuseSymbolicLink(path);
  try {
    const file = await open(path, READ_ONLY | constants.O_NOFOLLOW);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > maxBytes) throw notAFile(path);
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

/** Reads like `readPrivateFile`, in the way of `readAtOnce`. */
export function readPrivateAtOnce(path: string): ReturnType<typeof readAtOnce> {
  return readAtOnce(path, constants.O_NOFOLLOW, ownAt(path));
}

/**
 * Reads a small file, or finds none, without a promise: the threads and modules of Node.js behind one take longer than a
 * frame has. Undefined for anything that is to be read in the other way, which says what is wrong.
 */
export function readAtOnce(
  path: string,
  flags = 0,
  check: (stats: Stats) => void = () => undefined,
): { readonly content: Buffer | undefined } | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, READ_ONLY | flags);
    const stats = fstatSync(file);
    check(stats);
    const isSmall = stats.isFile() && stats.size <= MAX_BYTES;
    return isSmall ? { content: readFileSync(file) } : undefined;
  } catch (error) {
    return systemCodeOf(error) === 'ENOENT' ? { content: undefined } : undefined;
  } finally {
    if (file !== undefined) closeSync(file);
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

const OTHERS_WRITE = 0o022;
const GROUP_WRITES = 0o020;
/** Mode bit: only owners rename and remove entries of the folder. */
const STICKY = 0o1000;
const ROOT = 0;
/** Stands for every user that a container does not know (user_namespaces(7)). */
const UNKNOWN_USER = 65_534;
const ALL_USERS = 2 ** 32 - 1;
/** Deeper folders hold files that are looked at one by one when they are read. */
const MAX_ENTRIES = 1_000;

/**
 * Rejects with FileError where another user could put files of theirs in the place of ours: the home folder or what is
 * directly in it is another user's or may be written by others, or a folder above it may be. Below a folder that is
 * not there yet everything will be made by us. The hint has the command that mends it. Nothing else is done until it is
 * known, and a promise for each folder would take longer than all of it.
 */
export async function requirePrivateHome(home: string): Promise<void> {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  for (const folder of foldersAbove(home)) checkAbove(folder, uid);
  const stats = statsOf(home);
  // A link is refused by whatever reads or writes there.
  if (stats === undefined || stats.isSymbolicLink()) return;
  requireOwn(home, stats, home);
  const names = stats.isDirectory() ? (known(() => readdirSync(home)) ?? []) : [];
  for (const name of names.slice(0, MAX_ENTRIES)) {
    const inside = statsOf(join(home, name));
    if (inside !== undefined && !inside.isSymbolicLink())
      requireOwn(join(home, name), inside, home);
  }
}

const ownAt =
  (path: string) =>
  (stats: Stats): void =>
    requireOwn(path, stats);

/** Throws FileError for a file or folder of another user, or one that others may write. `whole` is what gets mended. */
function requireOwn(path: string, stats: Pick<Stats, 'uid' | 'mode'>, whole = path): void {
  const uid = process.getuid?.();
  if (uid === undefined) return;
  if (stats.uid !== uid) throw notOwn(path, stats.uid, uid, whole);
  if ((stats.mode & OTHERS_WRITE) !== 0)
    throw writable(path, stats, `chmod -R go= ${shellWord(whole)}`);
}

/**
 * Lists the folders above the home folder, with and without links resolved: a user who may rename
 * any of them controls it.
 */
function foldersAbove(home: string): ReadonlySet<string> {
  const folders = new Set<string>();
  const addAll = (path: string): void => {
    for (let at = path; !folders.has(at); at = dirname(at)) folders.add(at);
  };
  addAll(dirname(home));
  for (const folder of folders) {
    const real = known(() => realpathSync.native(folder));
    if (real !== undefined) addAll(real);
  }
  return folders;
}

function checkAbove(folder: string, uid: number): void {
  const stats = statsOf(folder);
  if (stats === undefined) return;
  const isTrusted = [uid, ROOT].includes(stats.uid) || isUnknownUser(stats.uid);
  if (!isTrusted) throw aboveNotOwn(folder, stats.uid);
  // Accept sticky folders (/tmp), where only owners may rename.
  if (!stats.isDirectory() || (stats.mode & STICKY) !== 0) return;
  const harmless = hasGroupOfOne(stats) ? GROUP_WRITES : 0;
  if ((stats.mode & OTHERS_WRITE & ~harmless) === 0) return;
  const sudo = stats.uid === uid ? '' : 'sudo ';
  throw writable(folder, stats, `${sudo}chmod go-w ${shellWord(folder)}`);
}

/** Many systems give each user a group of the same number, and let the group write (umask 002). */
function hasGroupOfOne({ uid, gid }: Stats): boolean {
  return uid !== ROOT && gid === uid && gid === process.getgid?.();
}

/** Tells a user from outside of this container, with more rights than any user inside. */
function isUnknownUser(uid: number): boolean {
  if (uid !== UNKNOWN_USER) return false;
  const map = known(() => readFileSync('/proc/self/uid_map', 'utf8'));
  const users = map
    ?.split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2] ?? 0), 0);
  return users !== undefined && users < ALL_USERS;
}

/** Undefined where the system does not tell. */
function known<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    // Treat an unreadable path as absent; the code that needs it reports the error.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(systemCodeOf(error) ?? ''))
      return undefined;
    throw error;
  }
}

function notOwn(path: string, owner: number, uid: number, whole: string): FileError {
  const other = `Or set ${ENV.home} to a folder of your own.`;
  return new FileError({
    code: 'home-not-own',
    message: `${path} belongs to another user (uid ${owner}), who could replace what is kept there.`,
    hint:
      uid === ROOT
        ? `Run this as that user, without sudo. If it belongs to root: chown -R 0 ${shellWord(whole)}\n${other}`
        : `If it is yours: sudo chown -R ${uid} ${shellWord(whole)}\n${other}`,
  });
}

function aboveNotOwn(path: string, owner: number): FileError {
  return new FileError({
    code: 'home-not-own',
    message: `${path} belongs to another user (uid ${owner}), who could replace what is kept below it.`,
    hint: `Set ${ENV.home} to a folder in your own home folder.`,
  });
}

function writable(path: string, { mode }: Pick<Stats, 'mode'>, command: string): FileError {
  const shown = (mode & 0o7777).toString(8).padStart(4, '0');
  return new FileError({
    code: 'home-shared',
    message: `Others may write to ${path} (mode ${shown}), and could replace what is kept there.`,
    hint: `If nobody has, run: ${command}`,
  });
}
