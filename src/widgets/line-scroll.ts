import type { Size } from './layout.js';
import { fit, join, type Markup, style } from './markup.js';
import { moveIndex, scrollThumb } from './scroll.js';
import type { Key } from './terminal/keys.js';

/** A blank and the bar. */
const BAR_COLUMNS = 2;

/** Which of some lines are shown where there is not room for all of them, and a bar that says so. */
export class LineScroll {
  private top = 0;
  private page = 1;
  private total = 0;

  /** Not all was shown the last time. */
  get hasMore(): boolean {
    return this.total > this.page;
  }

  /** The lines in view. They are asked for again, narrower, where they need a bar beside them. */
  view(
    { width, height }: Size,
    linesAt: (columns: number) => readonly Markup[],
    focused: boolean,
  ): readonly Markup[] {
    this.page = Math.max(1, height);
    const whole = linesAt(width);
    this.total = whole.length;
    if (!this.hasMore) {
      this.top = 0;
      return whole;
    }
    const room = width - BAR_COLUMNS;
    const lines = linesAt(room);
    this.total = lines.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const thumb = scrollThumb(this.top, height, this.total);
    return lines
      .slice(this.top, this.top + height)
      .map((line, index) => join([fit(line, room), ' ', barOf(thumb?.(index), focused)]));
  }

  /** False: not a key that scrolls, or nothing to scroll. */
  handleKey(key: Key): boolean {
    if (!this.hasMore) return false;
    const moved = moveIndex(key, this.top, this.total - this.page + 1, this.page);
    if (moved === undefined) return false;
    this.top = moved;
    return true;
  }
}

function barOf(isThumb: boolean | undefined, focused: boolean): Markup {
  return style(focused ? 'accent' : 'muted', isThumb === true ? '┃' : '│');
}
