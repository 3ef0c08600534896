import { cleanLines } from '../core/clean.js';

/** The one way to standard output and standard error: nothing in the text that a terminal obeys but line feeds. */
export function writeText(
  stream: Pick<NodeJS.WriteStream, 'write'>,
  text: string,
  done?: () => void,
): void {
  stream.write(cleanLines(text), done);
}
