import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Overlay } from './overlay.js';
import type { Button } from './buttons.js';
export interface DialogData {
  readonly title: Text;
  readonly style?: 'accent' | 'ok' | 'warn' | 'danger';
  readonly lines: readonly Text[];
  /** The first one has the focus: put the harmless one first. */
  readonly buttons: readonly Button[];
  /** Text that must be typed before the last button can be pressed. */
  readonly typed?: { readonly prompt: Text; readonly expected: string };
}
/** A question or a message. */
export declare class Dialog implements Overlay {
  constructor(terminal: Terminal, data: DialogData);
  /** A button was pressed. Esc fires onClose only. */
  readonly onChoose: Event<string>;
  readonly onClose: Event<void>;
  set(data: DialogData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
/** "No" first and focused, then "Yes" under its own name. Ids: 'no', 'yes'. */
export declare function confirmation(data: {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly yes: string;
  readonly no?: string;
  readonly typed?: DialogData['typed'];
}): DialogData;
