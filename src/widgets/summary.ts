import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
import type { DetailRow } from './details.js';
export interface SummaryData {
  readonly title: Text;
  readonly rows: readonly DetailRow[];
}
/** Details in a box. */
export declare class Summary implements Widget {
  constructor(terminal: Terminal);
  set(data: SummaryData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
