import { constants, fstatSync, lstatSync } from 'node:fs';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { systemCodeOf } from '../../../core/errors.js';
import { type Clock, watchClock } from '../../../core/time.js';
import {
  asFileError,
  makePrivateFolder,
  PRIVATE_FILE_MODE,
  syncFolder,
  writeFileAtomic,
  writeNewFile,
} from '../../files/atomic.js';
import type { Redactor } from '../../log/redactor.js';
import { unknownOperation } from '../errors.js';
import { History, readInto } from './journal-tail.js';
import { isEnd, isLasting, type JournalEntry, type JournalRecord } from './records.js';

const NEWLINE = 10;
/**
 * Once the journal is this long, in bytes, what the installer prints is not kept any more. Its own steps are, for as
 * long as there is room for them as well: they say how far it is.
 */
const LOG_SHARE_BYTES = 16 * 1024 * 1024;
const STEPS_SHARE_BYTES = 1024 * 1024;
const OPERATION_ID = /^[0-9a-f]{16}$/;

/** The one channel from a worker to everyone else: appended to, and written again only where it was lost. */
export interface Journal {
  /** Resolves once the record is on the disk; `log`, `waiting` and `substep` records only reach the file. */
  write(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

export function operationsFolder(home: string): string {
  return join(home, 'operations');
}

/** Throws `operation-unknown` for what is no id: it may come from the command line, and lead out of the folder. */
export function operationFolder(home: string, id: string): string {
  if (!OPERATION_ID.test(id)) throw unknownOperation(id);
  return join(operationsFolder(home), id);
}

export function journalPath(home: string, id: string): string {
  return join(operationFolder(home, id), 'journal.ndjson');
}

/** Ids of all operations that have a folder, in no order. */
export async function listOperationIds(home: string): Promise<string[]> {
  try {
    const names = await readdir(operationsFolder(home));
    return names.filter((name) => OPERATION_ID.test(name));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw asFileError(error, operationsFolder(home));
  }
}

/** Interval of looks at a worker's journal, between its records. */
const LOOK_INTERVAL_MS = 1_000;
const WRITTEN_AGAIN =
  'the journal was removed or changed by another program: it is written again, without what the installer printed';

/**
 * Opens a journal for appending, 0600 from its first instant. A torn last line is ended first. A worker's has a reserve:
 * room to say how it ends when the disk becomes full, though the write that finds it full still rejects. It is also
 * written again, as readHistory gives it, where it is removed, replaced or cut short before its end.
 */
export async function openJournal(
  path: string,
  clock: Clock,
  redactor: Redactor,
  { forWorker = false }: { readonly forWorker?: boolean } = {},
): Promise<Journal> {
  let file = await openToAppend(path);
  const kept = forWorker ? new History() : undefined;
  if (kept !== undefined) await readInto(kept, file);
  let reserve = forWorker ? await makeReserve(path) : undefined;
  let torn = await isTorn(file);
  let { size } = await file.stat();
  let isWatched = forWorker;
  let queue: Promise<void> = Promise.resolve();
  const put = async (entry: JournalEntry, at: number): Promise<void> => {
    const line = serialize({ at, ...entry }, redactor);
    const text = `${torn ? '\n' : ''}${line}\n`;
    await file.appendFile(text);
    torn = false;
    size += Buffer.byteLength(text);
    kept?.take(line);
  };
  const mend = async (at: number): Promise<void> => {
    if (!isWatched || !isLost(path, file, size)) return;
    await makeFolders(path);
    const known = kept?.records() ?? [];
    await writeFileAtomic(path, known.map((record) => `${JSON.stringify(record)}\n`).join(''));
    await file.close();
    file = await openToAppend(path);
    ({ size } = await file.stat());
    torn = false;
    // On a file system without stable inodes every journal would pass for another one.
    isWatched = !isLost(path, file, size);
    const step = known.findLast((record) => 'step' in record)?.step ?? 'validate_token';
    await put({ event: 'log', step, text: WRITTEN_AGAIN, tone: 'warn' }, at);
    reserve = await makeReserve(path);
  };
  const append = async (entry: JournalEntry, at: number): Promise<void> => {
    if (isTooMuch(entry, size)) return;
    try {
      if (isEnd(entry)) await reserve?.release();
      await mend(at);
      const wasShort = size < LOG_SHARE_BYTES;
      await put(entry, at);
      // Whoever sees the end may remove it.
      if (isEnd(entry)) isWatched = false;
      if (isLasting(entry)) await file.datasync();
      if (wasShort && isTooMuch(entry, size)) await append(cutNote(entry), at);
    } catch (error) {
      torn = true;
      await reserve?.release();
      throw asFileError(error, path);
    }
  };
  const readTime = watchClock(clock);
  const inTurn = (act: () => Promise<void>): Promise<void> => {
    const done = queue.then(act);
    queue = done.catch(() => undefined);
    return done;
  };
  // A failure is left to the next record, which meets the same.
  const look = (): void => void inTurn(() => mend(clock.now())).catch(() => undefined);
  const looking = forWorker ? setInterval(look, LOOK_INTERVAL_MS).unref() : undefined;
  return {
    write(entry) {
      const { at, jumpedMs: byMs } = readTime();
      // Ignore the rejection: a failed write also fails the following ones.
      if (byMs !== 0) inTurn(() => append({ event: 'clock', byMs }, at)).catch(() => undefined);
      return inTurn(() => append(entry, at));
    },
    async close() {
      clearInterval(looking);
      await queue;
      await reserve?.release();
      await file.close();
    },
  };
}

async function openToAppend(path: string): Promise<FileHandle> {
  await makeFolders(path);
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW;
  const file = await open(path, flags, PRIVATE_FILE_MODE).catch((error: unknown) => {
    throw asFileError(error, path);
  });
  await syncFolder(dirname(path));
  return file;
}

async function makeFolders(path: string): Promise<void> {
  await makePrivateFolder(dirname(dirname(path)));
  await makePrivateFolder(dirname(path));
}

/** True when the path leads to no file, to another one, or to less than was written. */
function isLost(path: string, { fd }: FileHandle, size: number): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false });
  return there?.ino !== fstatSync(fd).ino || there.size < size;
}

/**
 * Limits the droplet's output to a share of the journal; this program's own records are always
 * written.
 */
function isTooMuch(entry: JournalEntry, size: number): boolean {
  if (!('offset' in entry) || entry.offset === undefined) return false;
  return size >= (entry.event === 'log' ? LOG_SHARE_BYTES : LOG_SHARE_BYTES + STEPS_SHARE_BYTES);
}

function cutNote(entry: JournalEntry): JournalEntry {
  const step = 'step' in entry ? entry.step : 'install_portlama';
  const text = `the log is longer than ${LOG_SHARE_BYTES / 1024 / 1024} MiB: more of what the installer prints is not kept`;
  return { event: 'log', step, text };
}

/** Cleans value by value: a redaction over the whole line could end a string too late. */
function serialize(record: JournalRecord, redactor: Redactor): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'string' ? redactor.clean(value) : value,
  );
}

async function isTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== NEWLINE;
}

/** A whole clean-up, with long reasons, is a tenth of this. */
const RESERVE_BYTES = 64 * 1024;

/** Room on the disk that can be given back. */
export interface Reserve {
  release(): Promise<void>;
}

/** Takes room beside the journal. What cannot be compressed, since some file systems would take next to nothing. */
async function makeReserve(journal: string): Promise<Reserve> {
  const path = join(dirname(journal), 'reserve');
  await rm(path, { force: true });
  await writeNewFile(path, randomBytes(RESERVE_BYTES)).catch(async (error: unknown) => {
    await rm(path, { force: true }).catch(() => undefined);
    throw asFileError(error, path);
  });
  return {
    async release() {
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}
