import { type Layout, type LayoutLike, placements } from './layout.js';

/** Rows, or how many it takes at so many columns. */
type Rows = number | ((columns: number) => number);

export interface StackPart {
  readonly item: LayoutLike;
  /** Rows needed in full. */
  readonly rows: Rows;
  /** Shrinks to `least` rows when there is not enough room; the smallest `order` shrinks first. */
  readonly gives?: { readonly order: number; readonly least: Rows } | undefined;
  /** Gets what is left over. */
  readonly grows?: boolean | undefined;
}

/** Stacks parts vertically, each at the height of its content. Cuts off the excess at the end. */
export function stack(...parts: readonly StackPart[]): Layout {
  return (area) => {
    let top = area.top;
    return stackHeights(parts, area.width, area.height).flatMap((height, index) => {
      const placed = placements(parts[index]!.item, { ...area, top, height });
      top += height;
      return placed;
    });
  };
}

/** The rows of each part; pure. */
export function stackHeights(
  parts: readonly StackPart[],
  columns: number,
  available: number,
): readonly number[] {
  const heights = parts.map(({ rows }) => resolve(rows, columns));
  let excess = heights.reduce((sum, height) => sum + height, 0) - available;
  const giving = parts
    .flatMap(({ gives }, index) => (gives === undefined ? [] : [{ ...gives, index }]))
    .sort((one, other) => one.order - other.order);
  for (const { least, index } of giving) {
    const given = Math.min(Math.max(0, excess), heights[index]! - resolve(least, columns));
    heights[index]! -= Math.max(0, given);
    excess -= Math.max(0, given);
  }
  const growing = parts.findIndex(({ grows }) => grows === true);
  if (excess < 0 && growing >= 0) heights[growing]! -= excess;
  return cutAtTheEnd(heights, available);
}

function cutAtTheEnd(heights: readonly number[], available: number): readonly number[] {
  let rest = available;
  return heights.map((height) => {
    const kept = Math.min(height, rest);
    rest -= kept;
    return kept;
  });
}

function resolve(rows: Rows, columns: number): number {
  return typeof rows === 'number' ? rows : rows(columns);
}
