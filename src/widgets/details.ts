import { BOX_MARGIN, drawBox } from './panel.js';
import type { Size } from './layout.js';
import { LineScroll } from './scroll.js';
import { fit, join, type Markup, spaces, style, type Text, width } from './markup.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

export interface DetailRow {
  readonly label: string;
  readonly value: Text | readonly Text[];
}

export interface DetailsData {
  readonly rows: readonly DetailRow[];
}

export interface DetailsOptions {
  /** Scrolls when there are more lines than room; without it they are cut off. */
  readonly scrolls?: boolean;
  /** Its last column is the border of the panel around it. */
  readonly onBorder?: boolean;
}

/** Label and value lines; long values wrap below themselves. */
export class Details extends PaintedWidget {
  private readonly scroll = new LineScroll();
  private data: DetailsData = { rows: [] };

  constructor(
    terminal: Terminal,
    private readonly options: DetailsOptions = {},
  ) {
    super(terminal);
  }

  set(data: DetailsData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (!this.scroll.handleKey(key)) return false;
    this.surface.invalidate();
    return true;
  }

  protected override paint(size: Size): readonly Markup[] {
    const linesAt = (columns: number): Markup[] => detailLines(this.data.rows, columns);
    const { scrolls, onBorder = false } = this.options;
    return scrolls === true
      ? this.scroll.view(size, linesAt, { focused: this.focused, onBorder })
      : linesAt(size.width);
  }
}

/** The lines of label and value rows; pure. */
export function detailLines(rows: readonly DetailRow[], columns: number): Markup[] {
  const longest = Math.max(0, ...rows.map(({ label }) => width(label)));
  const labels = Math.min(longest, Math.floor(columns / 3));
  // A blank at both ends, two between.
  const room = columns - labels - 4;
  return rows.flatMap(({ label, value }) => {
    const values: readonly Text[] = isText(value) ? [value] : value;
    const lines = values.flatMap((part) => wrap(part, room));
    return (lines.length === 0 ? [spaces(0)] : lines).map((line, index) =>
      join([' ', index === 0 ? fit(style('muted', label), labels) : spaces(labels), '  ', line]),
    );
  });
}

function isText(value: Text | readonly Text[]): value is Text {
  return !Array.isArray(value);
}

export interface SummaryData {
  readonly title: Text;
  readonly rows: readonly DetailRow[];
}

/** Details in a box. */
export class Summary extends PaintedWidget {
  private data: SummaryData = { title: '', rows: [] };

  set(data: SummaryData): void {
    this.data = data;
    this.surface.invalidate();
  }

  protected override paint(size: Size): readonly Markup[] {
    const lines = detailLines(this.data.rows, size.width - BOX_MARGIN);
    return drawBox(size, { title: this.data.title }, lines);
  }
}
