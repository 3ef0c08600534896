import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ownFile } from '../services/process/own-file.js';
import { completionText, SHELLS } from './complete.js';

const STANDARD_OUTPUT = 1;
/** Width that help is wrapped at; narrower terminals get it wrapped for them. */
export const HELP_COLUMNS = 80;

/**
 * Answers `--version`, `--help` and a shell that completes from files of the build. False: the rest of the program has
 * to be loaded.
 */
export function answerQuickly(argv: readonly string[]): boolean {
  const text = textFor(argv);
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

function textFor(argv: readonly string[]): string | undefined {
  const [word = '', second = ''] = argv;
  if (word === 'complete' && second === '--') return completionText(argv.slice(2));
  try {
    if (word === 'completion' && argv.length === 2 && SHELLS.includes(second))
      return readFileSync(ownFile(`completion/${second}`), 'utf8');
    if (argv.length !== 1) return undefined;
    if (word === '--version' || word === '-V') {
      const { version } = JSON.parse(readFileSync(ownFile('../package.json'), 'utf8')) as {
        version: string;
      };
      return `${version}\n`;
    }
    const isHelp = word === '--help' || word === '-h';
    const isWide = isHelp && (!isTerminal() || process.stdout.columns >= HELP_COLUMNS);
    return isWide ? readFileSync(ownFile('help.txt'), 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at the kind of file first: Node.js takes longer to load `node:tty` than all else takes here. */
function isTerminal(): boolean {
  const output = fstatSync(STANDARD_OUTPUT);
  const isNull = output.rdev === statSync('/dev/null').rdev;
  return output.isCharacterDevice() && !isNull && isatty(STANDARD_OUTPUT);
}
