import type { Size } from './layout.js';
import { fit, type Markup, type Text } from './markup.js';
import { moveIndex } from './scroll.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './wrap.js';

export interface ParagraphData {
  readonly lines: readonly Text[];
  readonly centred?: boolean;
}

/** Word-wrapped lines; scrolls when it has the focus and more lines than room. */
export class Paragraph extends PaintedWidget {
  private data: ParagraphData = { lines: [] };
  private top = 0;
  private page = 1;
  private total = 0;

  override get focusable(): boolean {
    return this.total > this.page;
  }

  set(data: ParagraphData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (!this.focusable) return false;
    const last = this.total - this.page;
    const moved = moveIndex(key, this.top, last + 1, this.page);
    if (moved === undefined) return false;
    this.top = moved;
    this.surface.invalidate();
    return true;
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const { lines, centred } = this.data;
    const all = lines.flatMap((line) => wrap(line, width));
    this.page = Math.max(1, height);
    this.total = all.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const shown = all.slice(this.top, this.top + height);
    return centred === true ? shown.map((line) => fit(line, width, 'centre')) : shown;
  }
}
