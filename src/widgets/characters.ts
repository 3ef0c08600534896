import { eastAsianWidth } from 'get-east-asian-width';
import { cleanLine, isPlain } from '../core/clean.js';

/** One thing the terminal shows: a character with its marks, and how many columns it takes. */
export interface Unit {
  readonly chars: string;
  readonly width: 1 | 2;
  /** All terminals agree on the width. After any other unit the cursor is put where it must be. */
  readonly safe: boolean;
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Emoji that installers like to print, as signs of one column. */
const EMOJI: Readonly<Record<string, string>> = {
  '✅': '✔',
  '❌': '✖',
  '⚠': '▲',
  '❎': '✖',
  '❗': '!',
  '❓': '?',
  ℹ: 'i',
};
const KNOWN_EMOJI = /[✅❌⚠❎❗❓ℹ]/gu;

/** Cleans text from outside, with one column or two for each character. One line stays one line. */
export function clean(untrusted: string): string {
  if (PRINTABLE_ASCII.test(untrusted)) return untrusted;
  return (
    cleanLine(untrusted)
      .replace(KNOWN_EMOJI, (emoji) => EMOJI[emoji] ?? emoji)
      // Last: a mark may go together with the letter that stands for an emoji.
      .normalize('NFC')
  );
}

/** Latin, Greek, Cyrillic, punctuation, arrows, mathematics, box drawing, blocks, shapes, braille. */
const SAFE_NARROW = /^[\u00a1-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2bff]$/u;
/** More marks than any script stacks; the rest is dropped. */
const MAX_MARKS = 4;

/** Splits cleaned text. Code points, not grapheme clusters: that is what terminals count. */
export function units(cleaned: string): Iterable<Unit> {
  // Skip the cache for long lines: a screen shows only their beginning, and `split` stops there.
  if (cleaned.length > CACHED_LENGTH) return split(cleaned);
  const known = cache.get(cleaned);
  if (known !== undefined) return known;
  const result = [...split(cleaned)];
  if (cache.size >= CACHE_ENTRIES) cache.clear();
  cache.set(cleaned, result);
  return result;
}

/** Columns of cleaned text; counting stops when there are more than `limit`. */
export function columnsOf(cleaned: string, limit = Infinity): number {
  if (PRINTABLE_ASCII.test(cleaned)) return cleaned.length;
  let total = 0;
  for (const { width } of units(cleaned)) {
    total += width;
    if (total > limit) break;
  }
  return total;
}

export function isPlainAscii(value: string): boolean {
  return PRINTABLE_ASCII.test(value);
}

function* split(cleaned: string): Generator<Unit, void, undefined> {
  let last: Unit | undefined;
  let marks = 0;
  for (const char of cleaned) {
    if (!isPlain(char) && /^[\p{Mn}\p{Me}]$/u.test(char)) {
      marks += 1;
      last ??= SPACE;
      if (marks <= MAX_MARKS) last = { ...last, chars: last.chars + char, safe: false };
      continue;
    }
    if (last !== undefined) yield last;
    marks = 0;
    last = unitOf(char);
  }
  if (last !== undefined) yield last;
}

const SPACE: Unit = { chars: ' ', width: 1, safe: true };

function unitOf(char: string): Unit {
  const known = charCache.get(char);
  if (known !== undefined) return known;
  const unit = measure(char);
  if (charCache.size >= CACHE_ENTRIES) charCache.clear();
  charCache.set(char, unit);
  return unit;
}

function measure(char: string): Unit {
  if (char <= '~') return { chars: char, width: 1, safe: true };
  // Terminals do not agree whether these advance; with a column of their own nothing can shift.
  if (!isPlain(char) && /^\p{Mc}$/u.test(char)) return { chars: char, width: 1, safe: false };
  const width = eastAsianWidth(char.codePointAt(0)!) === 2 ? 2 : 1;
  return { chars: char, width, safe: width === 1 && SAFE_NARROW.test(char) };
}

/** Caches split labels, because most are painted again in each frame. */
const cache = new Map<string, readonly Unit[]>();
const charCache = new Map<string, Unit>();
const CACHE_ENTRIES = 2_000;
const CACHED_LENGTH = 200;

/** Gives the ASCII replacement of a character, always of equal width. */
export function asciiOf(unit: Unit): string {
  if (unit.width === 2) return '??';
  const first = unit.chars.codePointAt(0) ?? 0x20;
  if (first < 0x7f) return unit.chars[0] ?? ' ';
  ascii ??= asciiTable();
  const known = ascii[String.fromCodePoint(first)];
  if (known !== undefined) return known;
  const base = unit.chars.normalize('NFD')[0] ?? '?';
  return base <= '~' ? base : '?';
}

let ascii: Readonly<Record<string, string>> | undefined;

const asciiTable = (): Readonly<Record<string, string>> => ({
  ...pairs('─', '-'),
  ...pairs('━═', '='),
  ...pairs('│┃║┆┊', '|'),
  ...pairs('┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛', '+'),
  ...pairs('✔✓●★•', '*'),
  ...pairs('✖✕×✗', 'x'),
  ...pairs('›→▸▶❯»', '>'),
  ...pairs('‹←◂◀«', '<'),
  ...pairs('–—‐‑−·', '-'),
  ...pairs('‘’‚', "'"),
  ...pairs('“”„', '"'),
  ...pairs('█▓▇', '#'),
  ...pairs('░▒', '.'),
  '↑': '^',
  '↓': 'v',
  '…': '~',
  '▲': '!',
  '◌': '?',
  '◉': '@',
  '◐': '~',
  '○': 'o',
  '±': '~',
  '▌': '>',
  '⏎': '<',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '=',
  '▆': '+',
});

function pairs(from: string, to: string): Record<string, string> {
  return Object.fromEntries(Array.from(from, (char) => [char, to]));
}
