import { cleanLine } from '../core/clean.js';
import { messageOf, PortlamaError } from '../core/errors.js';
import { hintLines } from '../words/hints.js';
import { legacyLines } from '../words/legacy-passwords.js';
import type { World } from '../main/world.js';
import { type TextStream, writeText } from './write.js';

/** Abilities of a terminal and of a screen reader. */
export type Spelling = Partial<Pick<World['settings'], 'ascii' | 'plain'>>;

const ASCII: Readonly<Record<string, string>> = {
  ...pairs('‘’‚', "'"),
  ...pairs('“”„', '"'),
  ...pairs('‐‑–—−', '-'),
  ...pairs('·•', ','),
  '→': '->',
  '…': '...',
  '±': '+/-',
  '×': 'x',
};
/** Arrows, box drawing, blocks, geometric shapes, dingbats, with the blank behind them. */
const DRAWN = /[\u2190-\u21ff\u2500-\u27bf\u2b00-\u2bff]+ ?/g;

/** One line for the person: nothing in it that a terminal obeys. */
export function say(
  { settings }: Pick<World, 'settings'>,
  line: string,
  stream: TextStream = process.stdout,
): void {
  writeText(stream, `${spelled(line, settings)}\n`);
}

/** The line in signs that its reader has: in plain mode none that draw. */
export function spelled(line: string, { ascii = false, plain = false }: Spelling): string {
  const text = cleanLine(line);
  if (!plain) return ascii ? asAscii(text) : text;
  return ascii ? asAscii(aloud(text)) : aloud(text);
}

function aloud(text: string): string {
  return text
    .replaceAll(/(?<=\S +)→(?= )/g, 'to')
    .replaceAll(DRAWN, '')
    .replaceAll(/[^\x20-\x7e]/g, (char) => ASCII[char] ?? char);
}

/** Prints the reason of a wait, once while it stays the same. */
export function waitSayer(
  world: Pick<World, 'settings'>,
  stream: TextStream,
): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    if (text !== last) say(world, `  ${text}`, stream);
    last = text;
  };
}

/** Moves passwords that other programs left in servers.json, and reports the outcome on standard error. */
export async function sayLegacyPasswords(world: World): Promise<void> {
  const { registry, keystore } = world;
  const outcome = await world.moveLegacyPasswords().catch(() => undefined);
  // Ignore an unreadable file: the command that needs it reports it.
  if (outcome === undefined) return;
  const lines = legacyLines(outcome, { path: registry.path, store: keystore.title });
  for (const { text } of lines) say(world, text, process.stderr);
}

function pairs(from: string, to: string): Record<string, string> {
  return Object.fromEntries(Array.from(from, (char) => [char, to]));
}

/** Our own signs in plain characters; a question mark for any other that ASCII does not have. */
function asAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (char) => ASCII[char] ?? '?');
}

/** Error, then its remedy, a line each; not cleaned yet. */
export function errorLines(
  error: unknown,
  world: { readonly sandbox: boolean },
): readonly [string, ...string[]] {
  const hint = error instanceof PortlamaError ? hintLines(error.hint, world) : [];
  const [first = '', ...rest] = [...messageOf(error).split('\n'), ...hint];
  return [first, ...rest];
}
