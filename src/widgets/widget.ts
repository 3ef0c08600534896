import type { Disposable } from '../core/lifecycle.js';
import type { Placeable } from './layout.js';
import type { Key } from './terminal/keys.js';

/** What a screen puts together. Data goes in by `set`, choices come out of `on…` events. */
export interface Widget extends Placeable, Disposable {
  /** Whether the key was used up. Only the widget that has the focus is asked. */
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  /** False while Tab passes it by (nothing to do in it, or off the screen). */
  readonly focusable: boolean;
}
