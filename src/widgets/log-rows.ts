import type { LogBuffer, LogLine } from './log-buffer.js';
import type { LogSearch } from './log-search.js';
import type { LogPosition } from './log-window.js';
import { join, type Markup, slice, style, toMarkup, truncate } from './markup.js';
import { wrap } from './wrap.js';

/** How lines of a log become rows of the screen. */
export interface LogShape {
  /** Columns for the text. */
  readonly room: number;
  /** Wrapped; cut at the right otherwise. */
  readonly wrapping: boolean;
  /** Columns that are cut at the left. */
  readonly shift: number;
}

/** A page of rows from the one on top on, with what is searched for marked. */
export function rowsInView(
  buffer: LogBuffer,
  search: LogSearch,
  top: LogPosition,
  shape: LogShape,
  page: number,
): Markup[] {
  const shown: Markup[] = [];
  for (let at = top.line; at < buffer.end && shown.length < page; at += 1) {
    const marked = search.mark(logLine(buffer.at(at)), at);
    shown.push(...logRows(marked, shape).slice(at === top.line ? top.row : 0));
  }
  return shown.slice(0, page).map((line) => join([' ', line]));
}

/** A line with its time. */
export function logLine(line: LogLine | undefined): Markup {
  if (line === undefined) return join([]);
  const body = line.style === undefined ? toMarkup(line.text) : style(line.style, line.text);
  return line.time === undefined ? body : join([style('muted', line.time), ' ', body]);
}

/** The rows of a line; one at least. */
export function logRows(line: Markup, { room, wrapping, shift }: LogShape): readonly Markup[] {
  if (!wrapping) return [truncate(slice(line, shift, Infinity), room)];
  const rows = wrap(line, room);
  return rows.length === 0 ? [join([])] : rows;
}
