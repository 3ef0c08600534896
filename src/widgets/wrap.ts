import { type Unit, units } from './characters.js';
import { type Markup, pick, type Text, toMarkup, width } from './markup.js';

/** A character of a markup and the span it is from. */
interface Piece {
  readonly unit: Unit;
  readonly span: number;
}

/** Word-wrapped lines, each at most `columns` wide; words that are too long are split. */
export function wrap(part: Text, columns: number): Markup[] {
  const markup = toMarkup(part);
  if (columns <= 0) return [];
  if (width(markup) <= columns) return [markup];
  const pieces = markup.spans.flatMap((span, index) =>
    Array.from(units(span.text), (unit): Piece => ({ unit, span: index })),
  );
  return lineRanges(pieces, columns).map(([from, to]) => lineOf(markup, pieces.slice(from, to)));
}

/** Gives the range of pieces in each line, without blanks at its end. */
function lineRanges(pieces: readonly Piece[], columns: number): [from: number, to: number][] {
  const lines: [number, number][] = [];
  let start = 0;
  let used = 0;
  /** After the last blank of this line, where the next one could start. */
  let candidate = -1;
  pieces.forEach(({ unit }, index) => {
    const blank = unit.chars === ' ';
    // Twice when what moves to the next line is as wide as the line itself. Blanks may hang over.
    while (index > start && used + (blank ? -Infinity : unit.width) > columns) {
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
