import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
export interface ParagraphData {
  readonly lines: readonly Text[];
  readonly centred?: boolean;
}
/** Word-wrapped lines; scrolls when it has the focus and more lines than room. */
export declare class Paragraph implements Widget {
  constructor(terminal: Terminal);
  set(data: ParagraphData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
