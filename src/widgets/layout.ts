export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In cells from the top left corner of the screen. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Something that can be put on the screen. `undefined` takes it off. */
export interface Placeable {
  place(area: Rect | undefined): void;
}

export interface Placement {
  readonly item: Placeable;
  readonly area: Rect;
}

/** A pure function from the room there is to who gets which part. What it leaves out is hidden. */
export type Layout = (area: Rect) => readonly Placement[];
export type LayoutLike = Layout | Placeable;

/** Cells, or a share of what is left over; shares have bounds in cells. */
export type Extent =
  number | { readonly share: number; readonly min?: number; readonly max?: number };

/** Side by side: `columns([list, { share: 3 }], [details, { share: 2, max: 60 }])`. */
export declare function columns(
  ...parts: readonly (readonly [item: LayoutLike, extent: Extent])[]
): Layout;
/** One below the other. */
export declare function rows(
  ...parts: readonly (readonly [item: LayoutLike, extent: Extent])[]
): Layout;
/** Chooses by the room there is: `responsive(({width}) => width > 110 ? columns(…) : list)`. */
export declare function responsive(choose: (size: Size) => LayoutLike): Layout;
/** In the middle, at most this large. */
export declare function centred(item: LayoutLike, size: Size): Layout;
/** With empty room around. */
export declare function inset(
  item: LayoutLike,
  margin: { readonly x?: number; readonly y?: number },
): Layout;
/** Nothing at all. */
export declare const empty: Layout;

/** Holds a layout in an area: places what it names, hides what it no longer names. */
export declare class Arrangement implements Placeable {
  constructor(layout?: LayoutLike);
  setLayout(layout: LayoutLike): void;
  place(area: Rect | undefined): void;
}
