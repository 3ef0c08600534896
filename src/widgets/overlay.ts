import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
/** A widget above all others, in the middle of the screen; it takes every key while it is open. */
export interface Overlay extends Widget {
  /** Asked to close (Esc, or a choice was made). Whoever opened it closes it. */
  readonly onClose: Event<void>;
}
