import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
import type { Markup } from './markup.js';
/** Block characters for the last `columns` values; a gap for undefined. ASCII has no blocks: digits 0-9. */
export declare function sparkline(values: readonly (number | undefined)[], columns: number): Markup;
export interface SparklineData {
  readonly title: Text;
  readonly values: readonly number[];
  readonly note?: Text;
}
/** A title, a line of blocks across the whole width (blessed-contrib) and a note: three rows. */
export declare class Sparkline implements Widget {
  constructor(terminal: Terminal);
  set(data: SparklineData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
