import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
export type CheckState = 'pending' | 'running' | 'ok' | 'warning' | 'failed';
export interface Check {
  readonly id: string;
  readonly state: CheckState;
  /** `token is valid`. */
  readonly title: Text;
  /** Beside the title, or below when it does not fit. */
  readonly detail?: Text | undefined;
  /** Further lines below: what to do. */
  readonly lines?: readonly Text[];
}
export interface ChecksData {
  readonly checks: readonly Check[];
}
/** A glyph and a sentence a row. */
export declare class Checks implements Widget {
  constructor(terminal: Terminal);
  set(data: ChecksData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
