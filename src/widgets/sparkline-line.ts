import type { Size } from './layout.js';
import { join, type Markup, style, type Text, text, truncate } from './markup.js';
import { PaintedWidget } from './widget.js';

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
