import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** In the home folder, 0700: what an earlier start left for the next ones. */
export const CACHE_FOLDER = 'cache';
const MAX_BYTES = 16 * 1024 * 1024;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;
const ROOT = 0;

/** Says what the body was made of: a body that does not fit is not used. */
export type RecordHead = Readonly<Record<string, unknown>>;

export interface CacheRecord {
  readonly head: RecordHead;
  readonly body: Buffer;
}

/**
 * The head as JSON, a line end, and the body twice: comparing finds damage, and needs no module of Node.js, as a sum would.
 * Who may write there is checked before.
 */
export function recordBytes({ head, body }: CacheRecord): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body, body]);
}

/** Changes with the content of a file; null without one. */
export function markOf(path: string): readonly number[] | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs];
}

/** The record of this name; undefined when it is damaged, does not fit, or lies where others could have put it. */
export function readRecord(
  home: string,
  name: string,
  fits: (head: RecordHead) => boolean,
): CacheRecord | undefined {
  try {
    const path = cacheIn(home, name);
    if (path === undefined) return undefined;
    const record = readOwn(path);
    const end = record.indexOf('\n');
    const head = JSON.parse(record.toString('utf8', 0, end)) as RecordHead;
    const middle = (end + 1 + record.length) / 2;
    const body = record.subarray(end + 1, middle);
    return fits(head) && body.equals(record.subarray(middle)) ? { head, body } : undefined;
  } catch {
    return undefined;
  }
}

function readOwn(path: string): Buffer {
  // O_NONBLOCK: a named pipe in the file's place must not hold the program up.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOurs(stats) || stats.size > MAX_BYTES) throw new Error('not ours');
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Real path of the home folder where nobody else can put another one in its place, else undefined. Stricter than
 * `requirePrivateHome`: where it is not certain the program starts without the cache.
 */
export function ownHome(home: string): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined || !isAbsolute(home)) return undefined;
  const folder = lstatSync(home);
  if (!folder.isDirectory() || folder.uid !== uid || othersWrite(folder)) return undefined;
  const real = realpathSync(home);
  for (let at = real; dirname(at) !== at;) {
    at = dirname(at);
    const above = lstatSync(at);
    const isSafe = [uid, ROOT].includes(above.uid) && (!othersWrite(above) || isSticky(above));
    if (!isSafe) return undefined;
  }
  return real;
}

/** The path of a file of the cache in a home folder of ours; undefined where others could read, change or replace it. */
export function cacheIn(home: string, name: string): string | undefined {
  const own = ownHome(home);
  if (own === undefined) return undefined;
  const folder = join(own, CACHE_FOLDER);
  const stats = lstatSync(folder);
  return stats.isDirectory() && isOurs(stats) ? join(folder, name) : undefined;
}

function othersWrite({ mode }: Stats): boolean {
  return (mode & OTHERS_WRITE) !== 0;
}

/** Only owners rename and remove entries of such a folder (/tmp). */
function isSticky({ mode }: Stats): boolean {
  return (mode & STICKY) !== 0;
}

function isOurs({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & OTHERS) === 0;
}
