import { cleanLine, cleanLines } from '../core/clean.js';
import { hidePicture } from '../main/first-picture.js';
import { nonBlocking } from '../services/process/non-blocking-output.js';

export type TextStream = Pick<NodeJS.WriteStream, 'write'>;

/** The one way to standard output and standard error: nothing in the text that a terminal obeys but line feeds. */
export function writeText(stream: TextStream, text: string, done?: () => void): void {
  writeSequences(stream, cleanLines(text), done);
}

/** Writes text with what a terminal obeys, such as a line editor's own; never blocks the event loop. */
export function writeSequences(
  stream: TextStream,
  data: string | Uint8Array,
  done?: () => void,
): void {
  hidePicture();
  (nonBlocking(stream) ?? stream).write(data, done);
}

/** One line of it, whose text may hold line feeds that are none of ours. */
export function writeLine(stream: TextStream, line: string): void {
  writeText(stream, `${cleanLine(line)}\n`);
}
