import { columnsOf, isPlainAscii, units } from './characters.js';
import type { Look } from './theme.js';

/** A stretch of cleaned text that looks the same. Made by `markup.ts` only. */
export interface Span extends Look {
  readonly text: string;
  readonly link?: string;
  readonly spinner?: boolean;
  /** Epoch; the text is the time since then. */
  readonly since?: number;
}

/** A span's look without what belongs to its text. */
export function lookOf(span: Span | undefined): Omit<Span, 'text'> {
  if (span === undefined) return {};
  const { text: _text, spinner: _spinner, since: _since, ...look } = span;
  return look;
}

/** True when the spans are wider than `columns`. */
export function exceeds(spans: readonly Span[], columns: number): boolean {
  let room = columns;
  for (const span of spans) {
    room -= columnsOf(span.text, room);
    if (room < 0) return true;
  }
  return false;
}

/** The first columns. A wide character on the edge goes. */
export function take(spans: readonly Span[], columns: number): Span[] {
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
export function skip(spans: readonly Span[], columns: number): Span[] {
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
