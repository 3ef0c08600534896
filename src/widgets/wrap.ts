import { type Markup, plain, slice, type Text, toMarkup, width } from './markup.js';
import { columnsOf, units } from './characters.js';

/** Word-wrapped lines, each at most `columns` wide; words that are too long are split. */
export function wrap(part: Text, columns: number): Markup[] {
  const markup = toMarkup(part);
  if (columns <= 0) return [];
  if (width(markup) <= columns) return [markup];
  const lines: Markup[] = [];
  for (const [start, end] of breaks(plain(markup), columns))
    lines.push(slice(markup, start, end - start));
  return lines;
}

/** Column ranges of the lines. */
function breaks(cleaned: string, columns: number): [start: number, end: number][] {
  const lines: [number, number][] = [];
  let start = 0;
  let column = 0;
  /** Column after the last space in this line, where the next line could start. */
  let candidate = -1;
  for (const unit of units(cleaned)) {
    if (column + unit.width - start > columns && unit.chars !== ' ') {
      const next = candidate > start ? candidate : column;
      lines.push([start, Math.min(next, start + columns)]);
      start = next;
      candidate = -1;
    }
    column += unit.width;
    if (unit.chars === ' ') candidate = column;
  }
  const total = columnsOf(cleaned);
  if (start < total) lines.push([start, Math.min(total, start + columns)]);
  return lines;
}
