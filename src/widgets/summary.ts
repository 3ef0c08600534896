import { BOX_MARGIN, drawBox } from './box.js';
import { type DetailRow, detailLines } from './details.js';
import type { Size } from './layout.js';
import type { Markup, Text } from './markup.js';
import { PaintedWidget } from './widget.js';

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
