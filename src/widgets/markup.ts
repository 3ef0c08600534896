import { clean, columnsOf, isPlainAscii, units } from './characters.js';
import { type ColourName, type GlyphName, GLYPHS, type Look, type StyleName } from './theme.js';

declare const MARKUP: unique symbol;

/**
 * Cleaned text with styles. Only this file makes one, so whatever is a Markup carries no control
 * sequence; and since it is painted cell by cell, no tag or brace in it means anything.
 * Colours are names; they become real when painted, by the terminal's theme.
 */
export interface Markup {
  readonly [MARKUP]: true;
  readonly spans: readonly Span[];
}

/** Text accepted by all widgets: a plain string is untrusted and cleaned first. */
export type Text = string | Markup;
export type Align = 'left' | 'right' | 'centre';

/** Cleans a string: no escape sequence, C0, C1 or bidi control; tabs and line breaks are spaces. */
export function text(untrusted: string): Markup {
  return markupOf([{ text: clean(untrusted) }]);
}

/** Puts parts one after another. */
export function join(parts: readonly Text[], separator?: Text): Markup {
  const between = separator === undefined ? undefined : spansOf(separator);
  const spans: Span[] = [];
  parts.forEach((part, index) => {
    if (index > 0 && between !== undefined) spans.push(...between);
    for (const span of spansOf(part)) spans.push(span);
  });
  return markupOf(spans);
}

/** Styles text. Of nested colours the innermost counts; strong, underline, inverse add up. */
export function style(name: StyleName, part: Text): Markup {
  return markupOf(spansOf(part).map((span) => styled(span, name)));
}

/** A sign by name, one column wide everywhere; coloured by its meaning. */
export function glyph(name: GlyphName): Markup {
  if (name === 'spinner') return markupOf([{ text: '◐', spinner: true, colour: 'accent' }]);
  const { char, colour }: { char: string; colour?: ColourName } = GLYPHS[name];
  return markupOf([{ text: char, colour }]);
}

/** Time since `sinceMs` (epoch), kept up to date by the terminal: `7 s`, `1m 22s`. */
export function elapsedSince(sinceMs: number): Markup {
  return markupOf([{ text: formatElapsed(clock() - sinceMs), since: sinceMs }]);
}

/** Text that is also a clickable link where the terminal knows them (OSC 8). http and https only. */
export function link(url: string, part: Text = url): Markup {
  const spans = spansOf(part);
  const target = clean(url);
  // Allow only printable ASCII in the sequence.
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(target)) return markupOf(spans);
  return markupOf(spans.map((span) => ({ ...span, link: target })));
}

/** Names a part for clicks on it (`Press`). Of nested ones the innermost counts. */
export function target(name: string, part: Text): Markup {
  return markupOf(
    spansOf(part).map((span) => (span.target === undefined ? { ...span, target: name } : span)),
  );
}

/** Name of the part at a column: of a wide character at either half. */
export function targetAt(part: Markup, column: number): string | undefined {
  let right = 0;
  return spansOf(part).find(({ text: words }) => (right += columnsOf(words)) > column)?.target;
}

/** Columns needed. */
export function width(part: Text): number {
  if (typeof part === 'string' && isPlainAscii(part)) return part.length;
  let total = 0;
  for (const span of spansOf(part)) total += columnsOf(span.text);
  return total;
}

/** At most `columns` wide, cut with an ellipsis. */
export function truncate(part: Text, columns: number): Markup {
  const spans = spansOf(part);
  if (columns <= 0) return markupOf([]);
  if (!exceeds(spans, columns)) return markupOf(spans);
  const kept = take(spans, columns - 1);
  const last = kept.at(-1) ?? spans[0];
  return markupOf([...kept, { ...lookOf(last), text: '…' }]);
}

/** Exactly `columns` wide: cut with an ellipsis or padded. */
export function fit(part: Text, columns: number, align: Align = 'left'): Markup {
  const cut = truncate(part, columns);
  const missing = Math.max(0, columns - width(cut));
  const before = align === 'left' ? 0 : align === 'right' ? missing : Math.floor(missing / 2);
  return join([spaces(before), cut, spaces(missing - before)]);
}

/** The characters alone, for searching and comparing. */
export function plain(part: Text): string {
  return spansOf(part)
    .map((span) => span.text)
    .join('');
}

/** `count` spaces. */
export function spaces(count: number): Markup {
  return markupOf(count > 0 ? [{ text: ' '.repeat(count) }] : []);
}

/**
 * Cuts out the columns from `from`, at most `columns`, without an ellipsis. Drops a wide character
 * at the cut.
 */
export function slice(part: Text, from: number, columns: number): Markup {
  return markupOf(take(skip(spansOf(part), from), columns));
}

/** A markup of parts of another one's spans; `text` must come from that span. */
export function pick(
  from: Markup,
  parts: readonly { readonly index: number; readonly text: string }[],
): Markup {
  return markupOf(
    parts.map(({ index, text: piece }) => {
      const span = from.spans[index];
      return span?.text === piece ? span : { ...lookOf(span), text: piece };
    }),
  );
}

/** Styles parts of the text, given by their places in `plain(part)`, in order. */
export function highlight(
  part: Text,
  ranges: readonly (readonly [from: number, to: number])[],
  name: StyleName,
): Markup {
  const result: Span[] = [];
  let offset = 0;
  let next = 0;
  for (const span of spansOf(part)) {
    const end = offset + span.text.length;
    while (offset < end) {
      while (next < ranges.length && ranges[next]![1] <= offset) next += 1;
      const [from, to] = ranges[next] ?? [Infinity, Infinity];
      const inside = from <= offset;
      const until = Math.min(end, inside ? to : from);
      const start = offset - (end - span.text.length);
      const piece = { ...span, text: span.text.slice(start, start + until - offset) };
      result.push(inside ? styled(piece, name) : piece);
      offset = until;
    }
  }
  return markupOf(result);
}

/** The spinner's present picture in place of the spinner. */
export function withSpinner(part: Markup, picture: string): Markup {
  if (!part.spans.some((span) => span.spinner === true)) return part;
  return markupOf(
    part.spans.map((span) => (span.spinner === true ? { ...span, text: picture } : span)),
  );
}

/** The clock that times since something are measured with: the terminal's. */
export function useClock(now: () => number): void {
  clock = now;
}
let clock: () => number = Date.now;

export function toMarkup(part: Text): Markup {
  return typeof part === 'string' ? text(part) : part;
}

function markupOf(spans: readonly Span[]): Markup {
  const some = spans.some(({ text: words }) => words === '');
  return { spans: some ? spans.filter((span) => span.text !== '') : spans } as unknown as Markup;
}

/** Formats times for the current moment, so that measuring and drawing agree. */
function spansOf(part: Text): readonly Span[] {
  const { spans } = toMarkup(part);
  if (!spans.some(({ since }) => since !== undefined)) return spans;
  return spans.map((span) =>
    span.since === undefined ? span : { ...span, text: formatElapsed(clock() - span.since) },
  );
}

function styled(span: Span, name: StyleName): Span {
  if (name === 'strong') return { ...span, strong: true };
  if (name === 'selected') return { ...span, selected: true };
  if (name === 'inverse') return { ...span, inverse: true };
  if (name === 'underline') return { ...span, underline: true };
  return span.colour === undefined ? { ...span, colour: name } : span;
}

/** Time that is still running: `7 s`, `1m 22s`, `1h 02m`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** Time that something took: `0.4 s`, `33.0 s`, `1m 22s`. */
export function formatDuration(ms: number): string {
  return ms < 59_950 ? `${(Math.max(0, ms) / 1_000).toFixed(1)} s` : formatElapsed(ms + 500);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A stretch of cleaned text that looks the same. Made by `markup.ts` only. */
export interface Span extends Look {
  readonly text: string;
  readonly link?: string;
  readonly target?: string;
  readonly spinner?: boolean;
  /** Epoch; the text is the time since then. */
  readonly since?: number;
}

/** A span's look without what belongs to its text. */
function lookOf(span: Span | undefined): Omit<Span, 'text'> {
  if (span === undefined) return {};
  const { text: _text, spinner: _spinner, since: _since, ...look } = span;
  return look;
}

/** True when the spans are wider than `columns`. */
function exceeds(spans: readonly Span[], columns: number): boolean {
  let room = columns;
  for (const span of spans) {
    room -= columnsOf(span.text, room);
    if (room < 0) return true;
  }
  return false;
}

/** The first columns. A wide character on the edge goes. */
function take(spans: readonly Span[], columns: number): Span[] {
  const kept: Span[] = [];
  let room = columns;
  for (const span of spans) {
    if (room <= 0) break;
    const head = headOf(span.text, room);
    kept.push(head === span.text ? span : { ...lookOf(span), text: head });
    if (head !== span.text) break;
    room -= columnsOf(head);
  }
  return kept;
}

/** Drops the first columns. */
function skip(spans: readonly Span[], columns: number): Span[] {
  const rest: Span[] = [];
  let left = columns;
  for (const span of spans) {
    const size = left > 0 ? columnsOf(span.text, left) : 0;
    if (left > 0 && size <= left) left -= size;
    else {
      rest.push(left > 0 ? { ...lookOf(span), text: tailOf(span.text, left) } : span);
      left = 0;
    }
  }
  return rest;
}

function headOf(cleaned: string, columns: number): string {
  if (isPlainAscii(cleaned)) return cleaned.slice(0, columns);
  let room = columns;
  let head = '';
  for (const unit of units(cleaned)) {
    if (unit.width > room) break;
    room -= unit.width;
    head += unit.chars;
  }
  return head;
}

function tailOf(cleaned: string, columns: number): string {
  if (isPlainAscii(cleaned)) return cleaned.slice(columns);
  let left = columns;
  let tail = '';
  for (const unit of units(cleaned)) {
    if (left <= 0) tail += unit.chars;
    // Half a wide character cannot be shown: a space keeps the columns after it in place.
    else if (left < unit.width) tail += ' ';
    left -= unit.width;
  }
  return tail;
}
