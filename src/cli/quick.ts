import { readFileSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ownFile } from '../services/process/own-file.js';

const STANDARD_OUTPUT = 1;
/** Width that help is wrapped at; narrower terminals get it wrapped for them. */
export const HELP_COLUMNS = 80;

/** Answers `--version` and `--help` from files of the build. False: the rest of the program has to be loaded. */
export function answerQuickly(argv: readonly string[]): boolean {
  const text = argv.length === 1 ? textFor(argv[0]!) : undefined;
  if (text === undefined) return false;
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
  } catch {
    // Whoever reads is slow, or gone: the whole program knows what to do, unless a part was written.
    if (rest.length === Buffer.byteLength(text)) return false;
    process.stdout.on('error', () => undefined).write(rest);
  }
  return true;
}

function textFor(word: string): string | undefined {
  try {
    if (word === '--version' || word === '-V') {
      const { version } = JSON.parse(readFileSync(ownFile('../package.json'), 'utf8')) as {
        version: string;
      };
      return `${version}\n`;
    }
    const isHelp = word === '--help' || word === '-h';
    const isWide = isHelp && (!isatty(STANDARD_OUTPUT) || process.stdout.columns >= HELP_COLUMNS);
    return isWide ? readFileSync(ownFile('help.txt'), 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
