import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Widget } from './widget.js';
import type { StyleName, GlyphName } from './theme.js';
export interface MapMarker {
  readonly id: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly style: StyleName;
  readonly glyph?: GlyphName;
}
export interface WorldMapData {
  readonly markers: readonly MapMarker[];
  readonly selected?: string | undefined;
}
/** A world map with markers. Shows nothing in ASCII or with reduced motion: ask `available`. */
export declare class WorldMap implements Widget {
  constructor(terminal: Terminal);
  readonly available: boolean;
  set(data: WorldMapData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
