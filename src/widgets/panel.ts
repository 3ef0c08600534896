import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
import type { LayoutLike } from './layout.js';
export interface PanelData {
  readonly title?: Text | undefined;
  /** At the right end of the top border: `follow`. */
  readonly right?: Text | undefined;
}
/** A box with a border and titles around a layout. Keys and focus go to `focus`, if there is one. */
export declare class Panel implements Widget {
  constructor(
    terminal: Terminal,
    options: { readonly content: LayoutLike; readonly focus?: Widget; readonly data?: PanelData },
  );
  set(data: PanelData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
