import { distribute, type Extent } from './layout.js';
import { type Text, width } from './markup.js';

export interface Column {
  readonly title?: string;
  /** Cells; or 'content': the widest cell; or a share of what is left. */
  readonly width: number | 'content' | { readonly share: number };
  /** Cells a content or share column needs at least. */
  readonly min?: number;
  readonly max?: number;
  readonly align?: 'left' | 'right';
  /** When it gets narrow the columns with the lowest priority go first. Default 1; Infinity never goes. */
  readonly priority?: number;
}

export interface ColumnPlace {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

/** Cells between columns. */
export const COLUMN_GAP = 2;
const SHARE_MIN = 6;

/** Which columns are shown, where, and how wide; pure. `widest` are the widths of their contents. */
export function placeColumns(
  columns: readonly Column[],
  widest: readonly number[],
  available: number,
): ColumnPlace[] {
  const shown = columns.map((column, index) => ({ column, index }));
  while (shown.length > 1 && needed(shown, widest) > available) {
    const weakest = shown.reduce((low, part) =>
      (part.column.priority ?? 1) <= (low.column.priority ?? 1) ? part : low,
    );
    if (weakest.column.priority === Infinity) break;
    shown.splice(shown.indexOf(weakest), 1);
  }
  const room = Math.max(0, available - COLUMN_GAP * (shown.length - 1));
  const extents = shown.map(({ column, index }) => extentOf(column, widest[index] ?? 0));
  const fixed = extents.map((extent) => (typeof extent === 'number' ? extent : smallest(extent)));
  const excess = fixed.reduce((sum, size) => sum + size, 0) - room;
  const sizes = distribute(room, excess > 0 ? shrink(shown, extents, widest, excess) : extents);
  let left = 0;
  return shown.map(({ index }, position) => {
    const place = { index, left, width: sizes[position] ?? 0 };
    left += place.width + COLUMN_GAP;
    return place;
  });
}

/** Widths of cells that were measured before: of many rows few are new. */
const measured = new WeakMap<readonly Text[], number[]>();

/** The widths of the widest contents; a cell that runs on over other columns does not count. */
export function widestCells(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  header: boolean,
): number[] {
  return columns.map((column, index) => {
    if (column.width !== 'content') return 0;
    let widest = header ? width(column.title ?? '') : 0;
    for (const cells of rows) {
      const runsOn = cells.length < columns.length && index === cells.length - 1;
      if (index < cells.length && !runsOn) widest = Math.max(widest, cellWidth(cells, index));
    }
    return widest;
  });
}

function cellWidth(cells: readonly Text[], index: number): number {
  const widths = measured.get(cells) ?? [];
  if (widths.length === 0) measured.set(cells, widths);
  return (widths[index] ??= width(cells[index] ?? ''));
}

interface Shown {
  readonly column: Column;
  readonly index: number;
}

function needed(shown: readonly Shown[], widest: readonly number[]): number {
  const gaps = COLUMN_GAP * (shown.length - 1);
  return shown.reduce((sum, { column, index }) => sum + least(column, widest[index] ?? 0), gaps);
}

function least(column: Column, content: number): number {
  if (typeof column.width === 'number') return column.width;
  if (column.width === 'content')
    return Math.min(column.min ?? content, contentOf(column, content));
  return column.min ?? SHARE_MIN;
}

function contentOf(column: Column, content: number): number {
  return Math.min(column.max ?? Infinity, Math.max(column.min ?? 0, content));
}

function extentOf(column: Column, content: number): Extent {
  if (typeof column.width === 'number') return column.width;
  if (column.width === 'content') return contentOf(column, content);
  return {
    share: column.width.share,
    min: column.min ?? SHARE_MIN,
    ...(column.max === undefined ? {} : { max: column.max }),
  };
}

function smallest(extent: Exclude<Extent, number>): number {
  return extent.min ?? 0;
}

/** Takes what is too much from the content columns, down to their `min`. */
function shrink(
  shown: readonly Shown[],
  extents: readonly Extent[],
  widest: readonly number[],
  excess: number,
): Extent[] {
  let rest = excess;
  return extents.map((extent, position) => {
    const { column, index } = shown[position]!;
    if (typeof extent !== 'number' || column.width !== 'content') return extent;
    const cut = Math.min(rest, extent - least(column, widest[index] ?? 0));
    rest -= cut;
    return extent - cut;
  });
}
