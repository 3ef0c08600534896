import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Size } from './layout.js';
import { LineScroll } from './scroll.js';
import { join, type Markup, pick, plain, spaces, type Text, toMarkup, width } from './markup.js';
import { PaintedWidget } from './widget.js';
import { type Unit, units } from './characters.js';

export interface ParagraphData {
  readonly lines: readonly Text[];
}

export interface ParagraphOptions {
  /** Tab reaches it when there are more lines than room; without this they are cut. */
  readonly scrolls?: boolean;
}

/** Word-wrapped lines. */
export class Paragraph extends PaintedWidget {
  private readonly scroll = new LineScroll();
  private data: ParagraphData = { lines: [] };

  constructor(
    terminal: Terminal,
    private readonly options: ParagraphOptions = {},
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return this.scroll.hasMore;
  }

  /** Rows that all of it takes. */
  rowsAt(columns: number): number {
    return this.linesAt(columns).length;
  }

  set(data: ParagraphData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (!this.scroll.handleKey(key)) return false;
    this.surface.invalidate();
    return true;
  }

  protected override paint(size: Size): readonly Markup[] {
    if (this.options.scrolls !== true) return this.linesAt(size.width);
    return this.scroll.view(size, (columns) => this.linesAt(columns), {
      focused: this.focused,
    });
  }

  private linesAt(columns: number): readonly Markup[] {
    return this.data.lines.flatMap((line) => wrapItem(line, proseColumns(columns)));
  }
}

/** Longest line that is read with ease. */
const PROSE_COLUMNS = 100;

/** Columns for prose in this room. */
export function proseColumns(room: number): number {
  return Math.min(room, PROSE_COLUMNS);
}

/** A character of a markup and the span it is from. */
interface Piece {
  readonly unit: Unit;
  readonly span: number;
}

/** Word-wrapped lines, each at most `columns` wide; words that are too long are split. */
export function wrap(part: Text, columns: number): Markup[] {
  return wrapHanging(part, columns, 0);
}

/** Like `wrap`; an item of a list continues below its text: `1. …`, `• …`, `name   …`. */
export function wrapItem(part: Text, columns: number): Markup[] {
  const words = plain(part);
  const hang = width(LIST_MARK.exec(words)?.[0] ?? '');
  // An address is split no more often than it has to be.
  const longest = Math.max(...words.split(' ').map(width));
  return wrapHanging(part, columns, hang + longest > columns ? 0 : hang);
}

/** Indentation, then a number or a sign, then a name with room behind it. */
const LIST_MARK = /^ *(?:(?:\d+\.|[•✔✖▲–→]) )?(?:\S+ {2,})?/;

function wrapHanging(part: Text, columns: number, hang: number): Markup[] {
  const markup = toMarkup(part);
  if (columns <= 0) return [];
  if (width(markup) <= columns) return [markup];
  const pieces = markup.spans.flatMap((span, index) =>
    Array.from(units(span.text), (unit): Piece => ({ unit, span: index })),
  );
  return lineRanges(pieces, columns, hang).map(([from, to], index) => {
    const line = lineOf(markup, pieces.slice(from, to));
    return index === 0 || hang === 0 ? line : join([spaces(hang), line]);
  });
}

/** Gives the range of pieces in each line, without blanks at its end; lines after the first are `hang` narrower. */
function lineRanges(
  pieces: readonly Piece[],
  columns: number,
  hang: number,
): [from: number, to: number][] {
  const lines: [number, number][] = [];
  const room = (): number => (lines.length === 0 ? columns : columns - hang);
  let start = 0;
  let used = 0;
  /** After the last blank of this line, where the next one could start. */
  let candidate = -1;
  pieces.forEach(({ unit }, index) => {
    const blank = unit.chars === ' ';
    // Twice when what moves to the next line is as wide as the line itself. Blanks may hang over.
    while (index > start && used + (blank ? -Infinity : unit.width) > room()) {
      const next = candidate > start ? candidate : index;
      lines.push([start, next]);
      start = next;
      used = pieces.slice(next, index).reduce((sum, piece) => sum + piece.unit.width, 0);
      candidate = -1;
    }
    used += unit.width;
    if (blank) candidate = index + 1;
  });
  lines.push([start, pieces.length]);
  return lines.map(([from, to]) => {
    let end = to;
    while (end > from && pieces[end - 1]?.unit.chars === ' ') end -= 1;
    return [from, end];
  });
}

function lineOf(markup: Markup, pieces: readonly Piece[]): Markup {
  const texts: { index: number; text: string }[] = [];
  for (const { unit, span } of pieces) {
    const last = texts.at(-1);
    if (last?.index === span) last.text += unit.chars;
    else texts.push({ index: span, text: unit.chars });
  }
  return pick(markup, texts);
}

/**
 * Picks the first text that fits from equivalent ones, longest first; the last one when none fits.
 */
export function firstFitting(
  texts: Text | readonly Text[] | undefined,
  room: number,
): Text | undefined {
  if (!isList(texts)) return texts;
  return texts.find((text) => width(text) <= room) ?? texts.at(-1);
}

function isList(texts: Text | readonly Text[] | undefined): texts is readonly Text[] {
  return Array.isArray(texts);
}
