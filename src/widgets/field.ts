import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
/** Rows a field needs: box of three, message of one. */
export declare const FIELD_HEIGHT = 4;
export interface FieldData {
  readonly label: Text;
  readonly placeholder?: string | undefined;
  /** Below, in red. */
  readonly problem?: Text | undefined;
  /** Below, when there is no problem. */
  readonly note?: Text | undefined;
}
/** One line of text to edit. It takes every key but Esc, Enter, Tab, arrows up and down and control keys it does not know. */
export declare class Field implements Widget {
  constructor(
    terminal: Terminal,
    options?: { readonly secret?: boolean; readonly maxLength?: number },
  );
  /** Edited by the person: the new value; always '' of a secret. */
  readonly onChange: Event<string>;
  /** Enter. */
  readonly onSubmit: Event<void>;
  /** The text; always '' of a secret. */
  readonly value: string;
  readonly isEmpty: boolean;
  set(data: FieldData): void;
  setValue(value: string): void;
  /** The text, and forgets it. The only way to read a secret. */
  take(): string;
  clear(): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
