import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
export interface Choice {
  readonly id: string;
  readonly key?: Key;
  readonly label: string;
  readonly detail?: string;
}
export interface EmptyStateData {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly choices: readonly Choice[];
}
/** A few lines and choices in the middle of the room. */
export declare class EmptyState implements Widget {
  constructor(terminal: Terminal);
  readonly onChoose: Event<string>;
  set(data: EmptyStateData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
