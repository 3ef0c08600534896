import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Text } from './markup.js';
import type { Disposable } from '../core/lifecycle.js';
import type { LayoutLike } from './layout.js';
import type { Overlay } from './overlay.js';

export interface Hint {
  readonly key: Key;
  readonly label: string;
  /** Shown muted. */
  readonly disabled?: boolean;
}
export interface Toast {
  readonly style: 'ok' | 'warn' | 'danger' | 'accent';
  readonly text: Text;
}
export interface FrameData {
  /** The program's name first: `portlama › Servers`. The last one is strong. */
  readonly breadcrumb: readonly Text[];
  readonly middle?: Text | undefined;
  readonly right?: Text | undefined;
  /** Most useful first; those that do not fit are left out from the end. */
  readonly hints: readonly Hint[];
  readonly toast?: Toast | undefined;
}
/** Title line, body, toast line, hint line; and the overlays above them. Fills the terminal. */
export declare class Frame {
  constructor(terminal: Terminal);
  set(data: FrameData): void;
  /** Shows another body; what the layout before named is hidden, not disposed. */
  setBody(layout: LayoutLike): void;
  /** Shows an overlay above everything and gives it the focus; disposing closes (and hides) it. */
  open(overlay: Overlay): Disposable;
  /** The topmost overlay. */
  readonly overlay: Overlay | undefined;
  /** Keys and pastes go to the topmost overlay; false when there is none. */
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  dispose(): void;
}
