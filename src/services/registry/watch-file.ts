import { watch, type FSWatcher } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isAbort } from '../../core/errors.js';
import { type Disposable, toDisposable } from '../../core/lifecycle.js';
import { type Clock, nextTurn } from '../../core/time.js';

/** Events of the folder come at once where the file system has them; looking at the file finds the rest. */
const POLL_MS = 400;

export interface WatchOptions {
  readonly clock: Clock;
  /** Content already known to the caller; undefined takes the current one. */
  readonly known: string | undefined;
  /** Awaited before the file is looked at again. */
  readonly onChange: () => Promise<void>;
}

/** Calls `onChange` whenever the file has other content than before, however it came there, within a second. */
export function watchFile(path: string, options: WatchOptions): Disposable {
  const stop = new AbortController();
  void run(path, options, stop.signal);
  return toDisposable(() => stop.abort());
}

async function run(path: string, options: WatchOptions, stop: AbortSignal): Promise<void> {
  await nextTurn();
  let seen = options.known === undefined ? await contentOf(path) : Buffer.from(options.known);
  let marks = '';
  let folder: FSWatcher | undefined;
  let wake = new AbortController();
  // Not AbortSignal.any: each of its signals leaves something behind in `stop`, for as long as that lives.
  stop.addEventListener('abort', () => wake.abort(), { once: true });
  const handleEvent = (_kind: string, name: string | null): void => {
    if (name === null || name === basename(path)) wake.abort();
  };
  while (!stop.aborted) {
    wake = new AbortController();
    // The folder may be made later than the watch on it.
    folder ??= openFolder(dirname(path));
    folder?.on('change', handleEvent);
    const now = await marksOf(path);
    if (now !== marks) {
      marks = now;
      const content = await contentOf(path);
      if (!isSame(content, seen) && !stop.aborted) {
        seen = content;
        await options.onChange();
      }
    }
    await options.clock.sleep(POLL_MS, wake.signal).catch(rethrowUnlessAbort);
    folder?.off('change', handleEvent);
  }
  folder?.close();
}

function openFolder(path: string): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false });
    // Close the watcher: polling continues without events.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Gives marks that change with every write and every rename over the file. */
async function marksOf(path: string): Promise<string> {
  try {
    const { ino, mtimeNs, ctimeNs, size } = await stat(path, { bigint: true });
    return [ino, mtimeNs, ctimeNs, size].join(' ');
  } catch {
    return 'absent';
  }
}

/** Undefined where it cannot be read. Compared as it is: node:crypto takes longer to load than the first frame may. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  return await readFile(path).catch(() => undefined);
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

function rethrowUnlessAbort(error: unknown): void {
  if (!isAbort(error)) throw error;
}
