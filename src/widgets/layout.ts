export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In cells from the top left corner of the screen. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
  /** Layer; higher ones cover lower ones. Default 0; overlays are above. */
  readonly layer?: number | undefined;
}

/** Something that can be put on the screen. `undefined` takes it off. */
export interface Placeable {
  place(area: Rect | undefined): void;
}

export interface Placement {
  readonly item: Placeable;
  readonly area: Rect;
}

/** Pure function from an area to the placement of widgets. Widgets it leaves out are hidden. */
export type Layout = (area: Rect) => readonly Placement[];
export type LayoutLike = Layout | Placeable;

/** Cells, or a share of what is left over; shares have bounds in cells. */
export type Extent =
  number | { readonly share: number; readonly min?: number; readonly max?: number };

type Part = readonly [item: LayoutLike, extent: Extent];

/** Side by side: `columns([list, { share: 3 }], [details, { share: 2, max: 60 }])`. */
export function columns(...parts: readonly Part[]): Layout {
  return (area) => {
    let left = area.left;
    return distribute(area.width, extentsOf(parts)).flatMap((width, index) => {
      const placed = placements(parts[index]![0], { ...area, left, width });
      left += width;
      return placed;
    });
  };
}

/** One below the other. */
export function rows(...parts: readonly Part[]): Layout {
  return (area) => {
    let top = area.top;
    return distribute(area.height, extentsOf(parts)).flatMap((height, index) => {
      const placed = placements(parts[index]![0], { ...area, top, height });
      top += height;
      return placed;
    });
  };
}

/** Chooses by the room there is: `responsive(({ width }) => (width > 110 ? both : list))`. */
export function responsive(choose: (size: Size) => LayoutLike): Layout {
  return (area) => placements(choose({ width: area.width, height: area.height }), area);
}

/** With empty room around. */
export function inset(
  item: LayoutLike,
  { x = 0, y = 0 }: { readonly x?: number; readonly y?: number },
): Layout {
  return (area) =>
    placements(item, {
      ...area,
      left: area.left + x,
      top: area.top + y,
      width: Math.max(0, area.width - 2 * x),
      height: Math.max(0, area.height - 2 * y),
    });
}

/** Occupies nothing. */
export const empty: Layout = () => [];

/** Divides an area among the items. */
export function placements(item: LayoutLike, area: Rect): readonly Placement[] {
  if (typeof item === 'function') return item(area);
  return area.width > 0 && area.height > 0 ? [{ item, area }] : [];
}

/** Holds a layout in an area: places what it names, hides what it no longer names. */
export class Arrangement implements Placeable {
  private area: Rect | undefined;
  private placed: readonly Placeable[] = [];

  constructor(private layout: LayoutLike = empty) {}

  setLayout(layout: LayoutLike): void {
    this.layout = layout;
    this.place(this.area);
  }

  place(area: Rect | undefined): void {
    this.area = area;
    const now = area === undefined ? [] : placements(this.layout, area);
    const named = new Set(now.map(({ item }) => item));
    for (const item of this.placed) if (!named.has(item)) item.place(undefined);
    for (const { item, area } of now) item.place(area);
    this.placed = [...named];
  }

  /** Lays out again after items changed their height. */
  refresh(): void {
    this.place(this.area);
  }
}

function extentsOf(parts: readonly Part[]): Extent[] {
  return parts.map(([, extent]) => extent);
}

/** Fixed parts first, as long as there is room; shares divide the rest within their bounds. */
export function distribute(total: number, extents: readonly Extent[]): number[] {
  const sizes = extents.map(() => 0);
  let rest = total;
  extents.forEach((extent, index) => {
    if (typeof extent !== 'number') return;
    const size = Math.max(0, Math.min(extent, rest));
    sizes[index] = size;
    rest -= size;
  });
  let open = extents.flatMap((extent, index) =>
    typeof extent === 'number' ? [] : [{ ...extent, index }],
  );
  while (open.length > 0) {
    const shares = open.reduce((sum, { share }) => sum + share, 0);
    const wanted = (share: number): number =>
      shares > 0 ? Math.floor((rest * share) / shares) : 0;
    // Whoever hits a bound gets exactly that; the others divide what remains, again.
    const bound = open.find(
      ({ share, min = 0, max = Infinity }) => wanted(share) < min || wanted(share) > max,
    );
    if (bound === undefined) break;
    const { share, min = 0, max = Infinity } = bound;
    const size = Math.max(0, Math.min(rest, wanted(share) < min ? min : max));
    sizes[bound.index] = size;
    rest -= size;
    open = open.filter((part) => part !== bound);
  }
  return divide(sizes, rest, open);
}

function divide(
  sizes: number[],
  rest: number,
  open: readonly { readonly share: number; readonly index: number }[],
): number[] {
  let shares = open.reduce((sum, { share }) => sum + share, 0);
  let left = rest;
  for (const { share, index } of open) {
    const size = shares > 0 ? Math.round((left * share) / shares) : 0;
    sizes[index] = size;
    left -= size;
    shares -= share;
  }
  return sizes;
}

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
