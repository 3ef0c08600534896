import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
export interface Button {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  /** Why it cannot be pressed; shown beside the buttons while it is selected. */
  readonly disabled?: string | undefined;
}
export interface ButtonsData {
  readonly buttons: readonly Button[];
}
/** A row of buttons, one line high. Left and right move, Enter and Space press. */
export declare class Buttons implements Widget {
  constructor(terminal: Terminal);
  readonly onPress: Event<string>;
  readonly selected: string | undefined;
  set(data: ButtonsData): void;
  select(id: string): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
