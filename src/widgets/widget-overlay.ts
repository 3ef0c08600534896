import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
import type { Overlay } from './overlay.js';
/** Any widget in a large box above the screen (activity log, doctor). Esc and q close unless the widget uses them. */
export declare class WidgetOverlay implements Overlay {
  constructor(
    terminal: Terminal,
    options: {
      readonly title: Text;
      readonly content: Widget;
      readonly maxWidth?: number;
      readonly maxHeight?: number;
    },
  );
  readonly onClose: Event<void>;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
