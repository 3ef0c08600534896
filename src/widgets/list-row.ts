import type { Column, ColumnPlace } from './columns.js';
import { fit, glyph, join, type Markup, plain, spaces, style, type Text } from './markup.js';
import type { StyleName } from './theme.js';

/** One row's cells in their columns, `room` wide. The last of too few cells runs on to the end. */
export function listRow(
  cells: readonly Text[],
  columns: readonly Column[],
  places: readonly ColumnPlace[],
  room: number,
): Markup {
  const runsOn = cells.length < columns.length ? cells.length - 1 : -1;
  const parts: Markup[] = [];
  let used = 0;
  for (const { index, left, width } of places) {
    if (left >= room) break;
    parts.push(spaces(left - used));
    if (runsOn >= 0 && index >= runsOn) {
      parts.push(fit(cells[runsOn] ?? '', room - left));
      return join(parts);
    }
    const shown = Math.min(width, room - left);
    parts.push(fit(cells[index] ?? '', shown, columns[index]?.align ?? 'left'));
    used = left + shown;
  }
  return fit(join(parts), room);
}

/** Texts of rows that were filtered before: each letter of a filter goes over all of them. */
const texts = new WeakMap<readonly Text[], string>();

/** What a filter is compared with. */
export function rowText(cells: readonly Text[]): string {
  const known = texts.get(cells);
  if (known !== undefined) return known;
  const words = cells.map(plain).join(' ').toLowerCase();
  texts.set(cells, words);
  return words;
}

/** Pointer and a space on the left, scroll bar on the right of a row. */
export const ROW_MARGIN = 3;

/** A row as it stands in the list: with the pointer when the cursor is on it, and its part of the scroll bar. */
export function markedRow(
  cells: Markup,
  row: {
    readonly style: StyleName | undefined;
    readonly current: boolean;
    readonly focused: boolean;
    /** Undefined where all rows fit. */
    readonly thumb: boolean | undefined;
  },
): Markup {
  const bar = row.thumb === undefined ? ' ' : style('muted', row.thumb ? '┃' : '│');
  const styled = row.style === undefined ? cells : style(row.style, cells);
  if (!row.current) return join(['  ', styled, bar]);
  if (!row.focused) return join([style('muted', '› '), style('strong', styled), bar]);
  return join([style('selected', join([glyph('pointer'), ' ', styled])), bar]);
}
