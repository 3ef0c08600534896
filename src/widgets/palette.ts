import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Overlay } from './overlay.js';
export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  readonly key?: Key | undefined;
  readonly disabled?: string | undefined;
}
export interface PaletteData {
  readonly items: readonly PaletteItem[];
}
/** A query and the items found for it, best first. Finding is the caller's part: onQuery, then set. */
export declare class Palette implements Overlay {
  constructor(terminal: Terminal, options: { readonly title: Text; readonly placeholder?: string });
  readonly onQuery: Event<string>;
  readonly onChoose: Event<string>;
  readonly onClose: Event<void>;
  readonly query: string;
  set(data: PaletteData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
