import type { Size } from './layout.js';
import { LineScroll } from './scroll.js';
import type { Markup, Text } from './markup.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './wrap.js';

export interface ParagraphData {
  readonly lines: readonly Text[];
}

export interface ParagraphOptions {
  /** Tab reaches it when there are more lines than room; without this they are cut. */
  readonly scrolls?: boolean;
}

/** Word-wrapped lines. */
export class Paragraph extends PaintedWidget {
  private readonly scroll = new LineScroll();
  private data: ParagraphData = { lines: [] };

  constructor(
    terminal: Terminal,
    private readonly options: ParagraphOptions = {},
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return this.scroll.hasMore;
  }

  /** Rows that all of it takes. */
  rowsAt(columns: number): number {
    return this.linesAt(columns).length;
  }

  set(data: ParagraphData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (!this.scroll.handleKey(key)) return false;
    this.surface.invalidate();
    return true;
  }

  protected override paint(size: Size): readonly Markup[] {
    if (this.options.scrolls !== true) return this.linesAt(size.width);
    return this.scroll.view(size, (columns) => this.linesAt(columns), this.focused);
  }

  private linesAt(columns: number): readonly Markup[] {
    return this.data.lines.flatMap((line) => wrap(line, columns));
  }
}
