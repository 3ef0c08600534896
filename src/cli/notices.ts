import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { PROGRAM } from '../core/product.js';
import { writeText } from './write.js';

type Taker = (text: string) => void;

let take: Taker = (text) => writeText(process.stderr, `${PROGRAM}: ${text}\n`);

/** Tells the person something that is no answer of a command: on standard error, or where `takeNotices` says. */
export function notice(text: string): void {
  take(text);
}

/** Tells Node's warnings as notices; `NODE_NO_WARNINGS` and `--no-warnings` hold as ever. */
export function noticeWarnings(): void {
  if (process.listenerCount('warning') === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => notice(`${name}: ${message}`));
}

/**
 * Hands notices to `next` until disposed, and with them whatever code of this process writes to a terminal by
 * itself: it would be drawn across the screen. Out of reach is what native code writes to descriptor 2.
 */
export function takeNotices(next: Taker): Disposable {
  const before = take;
  take = next;
  const streams = [process.stdout, process.stderr].filter((stream) => stream.isTTY);
  const undo = streams.map((stream) => divert(stream, next));
  return toDisposable(() => {
    take = before;
    for (const each of undo) each();
  });
}

/** The screen itself does not write through the stream (`NonBlockingOutput`). */
function divert(stream: NodeJS.WriteStream, next: Taker): () => void {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const lines = Buffer.from(chunk as string)
      .toString('utf8')
      .split('\n');
    for (const line of lines) if (line.trim() !== '') next(line);
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
  return () => {
    stream.write = write;
  };
}
