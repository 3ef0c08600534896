import type { Column, ColumnPlace } from './columns.js';
import { fit, join, type Markup, plain, spaces, type Text } from './markup.js';

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
