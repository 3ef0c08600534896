import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
export interface DetailRow {
  readonly label: string;
  readonly value: Text | readonly Text[];
}
export interface DetailsData {
  readonly rows: readonly DetailRow[];
}
/** Label and value lines; long values go on in the next line under themselves. */
export declare class Details implements Widget {
  constructor(terminal: Terminal);
  set(data: DetailsData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
