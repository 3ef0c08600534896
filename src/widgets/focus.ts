import type { Event } from '../core/event.js';
import type { Key } from './terminal/keys.js';
import type { Widget } from './widget.js';

/** Which of some widgets has the focus. Tab and Shift-Tab go round those that are focusable. */
export declare class FocusRing {
  constructor(widgets: readonly Widget[]);
  readonly onChange: Event<Widget | undefined>;
  readonly current: Widget | undefined;
  focus(widget: Widget | undefined): void;
  next(): void;
  previous(): void;
  /** First the focused widget, then Tab and Shift-Tab. */
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
}
