import type { Event } from '../core/event.js';
import type { Rect, Size } from './layout.js';
import type { Widget } from './widget.js';

/** A widget above all others, in the middle of the screen; it takes every key while it is open. */
export interface Overlay extends Widget {
  /** Asked to close (Esc, or a choice was made). Whoever opened it closes it. */
  readonly onClose: Event<void>;
}

const ROOMY_ROWS = 10;

/** The middle of an area, at most `size` large and with a margin around where there is room. */
export function overlayArea(area: Rect, size: Size): Rect {
  const width = Math.min(size.width, Math.max(area.width - 4, Math.min(area.width, 40)));
  // Title and hint line stay visible where there is room.
  const height = Math.min(size.height, area.height >= ROOMY_ROWS ? area.height - 2 : area.height);
  return {
    ...area,
    left: area.left + Math.floor((area.width - width) / 2),
    top: area.top + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}
