import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../core/product.js';
import { nonBlocking } from '../services/process/non-blocking-output.js';
import { IS_BUILT, ownFile } from '../services/process/own-file.js';
import { likelyProgramFolder } from '../services/process/surroundings.js';
import { RESTORE_SEQUENCE } from '../widgets/terminal/restore-sequence.js';
import { type CacheRecord, markOf, readRecord } from './own-cache.js';

/** In the cache of the home folder: the first frame of an earlier start, with labels and addresses of servers. */
export const PICTURE_FILE = 'frame.picture';

/** Decide the first frame beside files, size and time. */
const VARIABLES = [
  'TERM',
  'COLORTERM',
  'NO_COLOR',
  'FORCE_COLOR',
  'LC_ALL',
  'LC_CTYPE',
  'LANG',
  'TZ',
  'CI',
  'TMUX',
  'STY',
  ENV.theme,
  ENV.noMouse,
  ENV.reducedMotion,
];
/** Options of starts without a picture: the sandbox begins with another list each time, plain lines have no screen. */
const WITHOUT = ['--sandbox', '--plain'];
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
/** Limit for giving the terminal back, ms: it may not be read any more. */
const LEAVE_MS = 300;

/** A start of the full screen, by what decides its first frame. */
export interface PictureStart {
  readonly home: string;
  readonly key: string;
  /** Bytes on the screen, which is the alternate one by now; undefined where nothing was drawn. */
  readonly shown: string | undefined;
}

let begun: PictureStart | undefined;

/**
 * Draws the first frame of an earlier start that was decided by the very same facts, before the program is loaded. From
 * here on the keyboard is raw: keys wait for the program, and are not echoed.
 */
export function showPicture(argv: readonly string[]): void {
  const isScreen = argv.every((word) => word.startsWith('--') && !WITHOUT.includes(word));
  if (!IS_BUILT || !isScreen) return;
  try {
    const home = likelyProgramFolder(false);
    const key = keyOf(home, argv);
    const record = readRecord(home, PICTURE_FILE, (head) => head['key'] === key && isInTime(head));
    begun = { home, key, shown: record === undefined ? undefined : draw(record) };
  } catch {
    // Leaves a home that cannot be read to the program, which says why.
  }
}

/** Gives the terminal back, where there is a picture on it: the program ends, or has something to say. */
export function hidePicture(): void {
  if (begun?.shown === undefined) return;
  const { shown: _, ...rest } = takePicture()!;
  begun = { ...rest, shown: undefined };
  leaveSignals();
  const output = nonBlocking(process.stdout);
  output?.write(RESTORE_SEQUENCE);
  output?.settle(LEAVE_MS);
  try {
    process.stdin.setRawMode(false);
  } catch {
    // Ignore a lost terminal: its modes no longer matter.
  }
}

/** Hands the picture, and the terminal with it, to the program; once. */
export function takePicture(): PictureStart | undefined {
  const taken = begun;
  begun = undefined;
  process.off('exit', hidePicture);
  return taken;
}

/**
 * Leaves signals to the program. To be called once it listens to them: one that has come, and is not told yet, is lost
 * with the last listener.
 */
export function leaveSignals(): void {
  for (const signal of SIGNALS) process.off(signal, endBy);
}

function draw({ head, body }: CacheRecord): string | undefined {
  const { stdin, stdout } = process;
  const isFitting = stdout.columns === head['columns'] && stdout.rows === head['rows'];
  const output = stdin.isTTY && isFitting ? nonBlocking(stdout) : undefined;
  if (output === undefined) return undefined;
  try {
    stdin.setRawMode(true);
  } catch {
    return undefined;
  }
  process.on('exit', hidePicture);
  for (const signal of SIGNALS) process.on(signal, endBy);
  output.write(body);
  return body.toString();
}

/** Has the signal's own effect. */
function endBy(signal: NodeJS.Signals): void {
  hidePicture();
  process.kill(process.pid, signal);
}

function isInTime({ from, until }: CacheRecord['head']): boolean {
  const now = Date.now();
  return Number(from) <= now && now < Number(until);
}

function keyOf(home: string, argv: readonly string[]): string {
  const operations = join(home, 'operations');
  return JSON.stringify([
    process.version,
    markOf(ownFile('frame.js')),
    argv,
    VARIABLES.map((name) => process.env[name] ?? null),
    ['servers.json', 'config.toml'].map((name) => markOf(join(home, name))),
    orderIn(join(home, 'screen.json')),
    entriesOf(operations).map((id) => [id, markOf(join(operations, id, 'journal.ndjson'))]),
  ]);
}

/** Order of the list, which shares its file with times that change at each start. */
function orderIn(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { sort?: unknown }).sort ?? null;
  } catch {
    return null;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
