import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Overlay } from './overlay.js';
export interface HelpEntry {
  readonly keys: readonly Key[];
  readonly label: string;
  readonly disabled?: string | undefined;
}
export interface HelpData {
  readonly title: Text;
  readonly groups: readonly { readonly title: string; readonly entries: readonly HelpEntry[] }[];
}
/** Every key of a screen. Scrolls; Esc, q and ? close. */
export declare class Help implements Overlay {
  constructor(terminal: Terminal);
  readonly onClose: Event<void>;
  set(data: HelpData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
