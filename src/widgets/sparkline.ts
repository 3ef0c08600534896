import type { Size } from './layout.js';
import { join, type Markup, style, text, type Text, truncate } from './markup.js';
import { PaintedWidget } from './widget.js';

const BLOCKS = '▁▂▃▄▅▆▇█';
/** Without blocks: from low to high. */
const LAST = BLOCKS.length - 1;

/**
 * Block characters for the last `columns` values, scaled from 0 to the largest; a gap for undefined.
 * @public The list will draw health with it.
 */
export function sparkline(values: readonly (number | undefined)[], columns: number): Markup {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  const blocks = shown.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return ' ';
    const level = highest > 0 ? Math.round((Math.max(0, value) / highest) * LAST) : 0;
    return BLOCKS[level] ?? ' ';
  });
  return style('accent', text(blocks.join('')));
}

export interface SparklineData {
  readonly title: Text;
  /** Oldest first. */
  readonly values: readonly number[];
  readonly note?: Text;
}

/** A title, blocks across the whole width (drawn by blessed-contrib), and a note: three rows. */
export class Sparkline extends PaintedWidget {
  private data: SparklineData = { title: '', values: [] };
  private blocks = '';
  private drawnFor = '';
  private disposed = false;

  set(data: SparklineData): void {
    this.data = data;
    this.surface.invalidate();
  }

  protected override paint({ width }: Size): readonly Markup[] {
    const values = this.data.values.slice(-Math.max(1, width - 2));
    const key = values.join(' ');
    if (key !== this.drawnFor) {
      this.drawnFor = key;
      this.draw(values, width).catch(() => undefined);
    }
    return [
      truncate(style('strong', this.data.title), width),
      style('accent', join([' ', text(this.blocks)])),
      truncate(style('muted', this.data.note ?? ''), width),
    ];
  }

  override dispose(): void {
    this.disposed = true;
    super.dispose();
  }

  private async draw(values: readonly number[], width: number): Promise<void> {
    const { default: create } = await import('blessed-contrib/lib/widget/sparkline.js');
    if (this.disposed) return;
    const { stage } = this.terminal;
    const { screen } = stage;
    const element = create({ screen, width: width + 2, height: 5, hidden: true, tags: true });
    this.blocks = stage.offstage(element, () => {
      element.setData([''], [values]);
      return element.getText().split('\n')[2] ?? '';
    });
    this.surface.invalidate();
  }
}
