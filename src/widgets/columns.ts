import { distribute, type Extent } from './layout.js';
import { fit, join, type Markup, spaces, type Text, width } from './markup.js';

export interface Column {
  readonly title?: string;
  /** Cells; or 'content': the widest cell; or a share of what is left. */
  readonly width: number | 'content' | { readonly share: number };
  /** Cells a share column needs at least; cells a content column can be cut to, all when left out. */
  readonly min?: number;
  readonly max?: number;
  readonly align?: 'left' | 'right';
  /** Order of removal when the width shrinks, smallest first; a column without it stays. */
  readonly drop?: number;
  /** Shown only where no other column has to be cut for it. */
  readonly spare?: boolean;
  /** Shown only while a row has something in it, for all that its title is wide. */
  readonly sparse?: boolean;
  /** Shown from this many cells of a row on. */
  readonly from?: number;
}

export interface ColumnPlace {
  readonly index: number;
  readonly left: number;
  readonly width: number;
}

/** Cells between columns. */
export const COLUMN_GAP = 2;
const SHARE_MIN = 6;

/**
 * Chooses the columns to show, with position and width; pure. `widest` are the widths of their
 * contents.
 */
export function placeColumns(
  columns: readonly Column[],
  widest: readonly number[],
  available: number,
): ColumnPlace[] {
  const shown = shownColumns(columns, widest, available);
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

/**
 * Picks columns by importance as long as they fit beside the earlier ones; drops none while cells
 * are free.
 */
function shownColumns(
  columns: readonly Column[],
  widest: readonly number[],
  available: number,
): readonly Shown[] {
  const all = columns.map((column, index) => ({ column, index }));
  const chosen: Shown[] = all.filter((part) => part.column.drop === undefined);
  const others = all
    .filter((part) => !chosen.includes(part) && !isEmpty(part, widest))
    .filter(({ column: { from = 0 } }) => available >= from)
    .toSorted((one, other) => dropOf(other) - dropOf(one));
  for (const part of others) {
    const size = part.column.spare === true ? whole : least;
    if (chosen.length === 0 || needed([...chosen, part], widest, size) <= available)
      chosen.push(part);
  }
  return chosen.toSorted((one, other) => one.index - other.index);
}

function dropOf({ column }: Shown): number {
  return column.drop ?? Infinity;
}

/** A column that no row has anything in. */
function isEmpty({ column, index }: Shown, widest: readonly number[]): boolean {
  return column.width === 'content' && (widest[index] ?? 0) === 0;
}

/** Widths of cells that were measured before: of many rows few are new. */
const measured = new WeakMap<readonly Text[], number[]>();

/** The widths of the widest contents; a cell that runs on over other columns does not count. */
export function widestCells(
  columns: readonly Column[],
  rows: readonly (readonly Text[])[],
  header: boolean,
): number[] {
  const widest = columns.map(() => 0);
  const measuredColumns = columns.flatMap((column, index) =>
    column.width === 'content' ? [index] : [],
  );
  for (const cells of rows) {
    const widths = measured.get(cells) ?? [];
    if (widths.length === 0) measured.set(cells, widths);
    const counted = cells.length < columns.length ? cells.length - 1 : columns.length;
    for (const index of measuredColumns) {
      if (index >= counted) break;
      const columnsTaken = (widths[index] ??= width(cells[index] ?? ''));
      if (columnsTaken > widest[index]!) widest[index] = columnsTaken;
    }
  }
  return columns.map((column, index) => {
    if (column.width !== 'content') return 0;
    const title = header ? width(column.title ?? '') : 0;
    const taken = widest[index]!;
    return taken === 0 && column.sparse === true ? 0 : Math.max(taken, title);
  });
}

interface Shown {
  readonly column: Column;
  readonly index: number;
}

type SizeOf = (column: Column, content: number) => number;

function needed(shown: readonly Shown[], widest: readonly number[], size: SizeOf): number {
  const gaps = COLUMN_GAP * (shown.length - 1);
  return shown.reduce((sum, { column, index }) => sum + size(column, widest[index] ?? 0), gaps);
}

/** Cells that a column can be cut to. */
function least(column: Column, content: number): number {
  const full = whole(column, content);
  return column.width === 'content' ? Math.min(column.min ?? full, full) : full;
}

/** Cells a column takes when it is not cut. */
function whole(column: Column, content: number): number {
  if (typeof column.width === 'number') return column.width;
  if (column.width === 'content') return Math.min(column.max ?? Infinity, content);
  return column.min ?? SHARE_MIN;
}

function extentOf(column: Column, content: number): Extent {
  if (typeof column.width === 'number') return column.width;
  if (column.width === 'content') return whole(column, content);
  return {
    share: column.width.share,
    min: column.min ?? SHARE_MIN,
    ...(column.max === undefined ? {} : { max: column.max }),
  };
}

function smallest(extent: Exclude<Extent, number>): number {
  return extent.min ?? 0;
}

/** Takes what is too much from the content columns, the first ones first, down to their `min`. */
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
