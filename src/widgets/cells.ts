import { asciiOf, isPlainAscii, type Unit, units } from './characters.js';
import type { Markup, Span } from './markup.js';
import type { Theme } from './theme.js';

/** Line in blessed's format: character and attribute of each column. */
export interface CellLine {
  readonly chars: string[];
  readonly attributes: number[];
}

export interface CellOptions {
  readonly theme: Theme;
  /** Screen column of the first cell. */
  readonly left: number;
  readonly columns: number;
  /** True when OSC 8 hyperlinks may be written. */
  readonly links: boolean;
}

/**
 * Turns a line into cells, cut and padded to `columns`. blessed moves on by one column for each
 * cell it writes, so a cell whose width terminals may see differently ends by putting the cursor
 * where blessed believes it to be: nothing right of it can shift, borders least of all.
 */
export function cellsOf(line: Markup | undefined, options: CellOptions): CellLine {
  const cells: CellLine = { chars: [], attributes: [] };
  for (const span of line?.spans ?? []) {
    const attribute = options.theme.attribute(span);
    if (span.link !== undefined && options.links) addLink(cells, span, span.link, options);
    else if (isPlainAscii(span.text)) addAscii(cells, span.text, attribute, options.columns);
    else addUnits(cells, units(span.text), attribute, options);
    if (cells.chars.length >= options.columns) break;
  }
  const plain = options.theme.attribute({});
  while (cells.chars.length < options.columns) add(cells, ' ', plain);
  return cells;
}

function add(cells: CellLine, chars: string, attribute: number): void {
  cells.chars.push(chars);
  cells.attributes.push(attribute);
}

function addAscii(cells: CellLine, ascii: string, attribute: number, columns: number): void {
  for (const char of ascii) {
    if (cells.chars.length >= columns) return;
    add(cells, char, attribute);
  }
}

function addUnits(
  cells: CellLine,
  all: Iterable<Unit>,
  attribute: number,
  { theme, left, columns }: CellOptions,
): void {
  for (const unit of all) {
    if (cells.chars.length + unit.width > columns) return;
    if (theme.ascii) addAscii(cells, asciiOf(unit), attribute, columns);
    else if (unit.safe) add(cells, unit.chars, attribute);
    else addUncertain(cells, unit, attribute, left + cells.chars.length);
  }
}

function addUncertain(cells: CellLine, unit: Unit, attribute: number, column: number): void {
  const next = cursorTo(column + 1);
  if (unit.width === 1) {
    add(cells, `${unit.chars}${next}`, attribute);
    return;
  }
  // Blanks first: where the terminal gives it one column only, the other one is empty.
  add(cells, `  ${cursorTo(column)}${unit.chars}${next}`, attribute);
  add(cells, CURSOR_FORWARD, attribute);
}

/** Makes each cell a link with the same id, so that redrawing some of them is enough. */
function addLink(cells: CellLine, span: Span, url: string, options: CellOptions): void {
  const inner: CellLine = { chars: [], attributes: [] };
  addUnits(inner, units(span.text), options.theme.attribute(span), {
    ...options,
    left: options.left + cells.chars.length,
    columns: options.columns - cells.chars.length,
  });
  const open = `\x1b]8;id=${idOf(url)};${url}\x1b\\`;
  inner.chars.forEach((chars, index) =>
    add(cells, `${open}${chars}\x1b]8;;\x1b\\`, inner.attributes[index] ?? 0),
  );
}

function idOf(url: string): string {
  let sum = 0;
  for (const char of url) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 0xffffff;
  return sum.toString(36);
}

const CURSOR_FORWARD = '\x1b[C';

/** CHA, counted from 1. */
function cursorTo(column: number): string {
  return `\x1b[${column + 1}G`;
}
