import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '../../core/time.js';
import { asFileError, PRIVATE_FILE_MODE } from '../files/atomic.js';
import type { Redactor } from './redactor.js';

/** Kinds of lines, so that a log can be searched by them. */
export type LogKind = 'action' | 'api' | 'ssh' | 'panel' | 'error' | 'info';

/** Written with `--log FILE`: one line an event, redacted, in order. Writing never fails the program. */
export interface DebugLog {
  write(kind: LogKind, text: string): void;
  close(): Promise<void>;
}

export const silentLog: DebugLog = { write: () => undefined, close: () => Promise.resolve() };

/** Appends to the file, 0600; the worker appends to the same one. Rejects with FileError when it cannot be opened. */
export async function openDebugLog(
  path: string,
  clock: Clock,
  redactor: Redactor,
): Promise<DebugLog> {
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;
  const file = await open(path, flags, PRIVATE_FILE_MODE).catch((error: unknown) => {
    throw asFileError(error, path);
  });
  let queue: Promise<unknown> = Promise.resolve();
  return {
    write(kind, text) {
      const time = new Date(clock.now()).toISOString();
      const line = redactor.clean(text).replaceAll(/[\r\n]+/g, ' ⏎ ');
      queue = queue
        .then(() => file.appendFile(`${time} ${process.pid} ${kind.padEnd(6)} ${line}\n`))
        .catch(() => undefined);
    },
    async close() {
      await queue;
      await file.close();
    },
  };
}
