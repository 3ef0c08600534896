import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cleanLine } from '../../core/clean.js';
import { messageOf, refusalOf, systemCodeOf } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { Clock } from '../../core/time.js';
import { asFileError, FileError, PRIVATE_FILE_MODE } from '../files/atomic.js';
import type { Redactor } from './redactor.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** Kinds of lines, so that a log can be searched by them. */
export type LogKind = 'action' | 'api' | 'ssh' | 'panel' | 'error' | 'info';

/** Written with `--log FILE`: one line an event, redacted, in order. Writing never fails the program. */
export interface DebugLog {
  write(kind: LogKind, text: string): void;
  close(): Promise<void>;
}

export const silentLog: DebugLog = { write: () => undefined, close: () => Promise.resolve() };

/**
 * Appends to the file, 0600; the worker appends to the same one. Rejects with FileError when it cannot be opened, is no
 * regular file, or is another user's. `onLost` is called once, when a line could not be written; the program runs on.
 */
export async function openDebugLog(
  path: string,
  clock: Clock,
  redactor: Redactor,
  onLost: (reason: string) => void = () => undefined,
): Promise<DebugLog> {
  const file = await openPrivate(path);
  let queue: Promise<unknown> = Promise.resolve();
  let isLost = false;
  const lose = (error: unknown): void => {
    if (!isLost) onLost(`${path} cannot be written: ${refusalOf(error) ?? messageOf(error)}.`);
    isLost = true;
  };
  return {
    write(kind, text) {
      const time = new Date(clock.now()).toISOString();
      const line = cleanLine(redactor.clean(text).replaceAll(/[\r\n]+/g, ' ⏎ '));
      queue = queue
        .then(() => file.appendFile(`${time} ${process.pid} ${kind.padEnd(6)} ${line}\n`))
        .catch(lose);
    },
    async close() {
      await queue;
      await file.close();
    },
  };
}

async function openPrivate(path: string): Promise<FileHandle> {
  // O_NONBLOCK: a named pipe without a reader must not hold the program up.
  const flags = O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK;
  const file = await open(path, flags, PRIVATE_FILE_MODE).catch((error: unknown) => {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') throw noFolder(dirname(path));
    throw code === 'ENXIO' || code === 'EISDIR' ? notAFile(path) : asFileError(error, path);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw notAFile(path);
    const uid = process.getuid?.();
    if (uid !== undefined && stats.uid !== uid) throw notOwn(path, stats.uid);
    if ((stats.mode & 0o777) !== PRIVATE_FILE_MODE) await file.chmod(PRIVATE_FILE_MODE);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function noFolder(path: string): FileError {
  return new FileError({
    code: 'log-no-folder',
    message: `There is no folder ${path} to write the log in.`,
    hint: `Create it first: mkdir -p ${shellWord(path)}`,
  });
}

function notAFile(path: string): FileError {
  return new FileError({
    code: 'log-not-a-file',
    message: `${path} is not a regular file, so no log is written to it.`,
    hint: 'Give --log the path of a file; it is created if it does not exist.',
  });
}

function notOwn(path: string, uid: number): FileError {
  return new FileError({
    code: 'log-not-own',
    message: `${path} belongs to another user (uid ${uid}), who could read the log.`,
    hint: 'Give --log a path in a folder of your own.',
  });
}
