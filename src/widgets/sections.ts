import { type ChartData, chartLines } from './chart.js';
import { type DetailRow, detailLines } from './details.js';
import type { Size } from './layout.js';
import { join, fit, type Markup, style, type Text } from './markup.js';
import { borderLine, BOX_MARGIN, type PanelData } from './panel.js';
import { wrap } from './paragraph.js';
import { moveIndex, scrollThumb } from './scroll.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';

/** A part of the box below a title line of its own. */
export interface Section extends PanelData {
  readonly content: SectionContent;
}

type SectionContent =
  | { readonly kind: 'rows'; readonly rows: readonly DetailRow[] }
  | { readonly kind: 'lines'; readonly lines: readonly Text[] }
  | ChartContent;

/** Takes the rows that the other sections leave, within its bounds. */
interface ChartContent {
  readonly kind: 'chart';
  readonly chart: ChartData;
  readonly least: number;
  readonly most: number;
}

export interface SectionsData {
  readonly sections: readonly Section[];
}

/** A line of the box: a title line reaches into the border. */
interface Line {
  readonly text: Markup;
  readonly isTitle: boolean;
}

/** One box of titled sections, one below the other. Scrolls as a whole; its right border is the scroll bar. */
export class Sections extends PaintedWidget {
  private data: SectionsData = { sections: [] };
  private top = 0;
  private page = 1;
  private total = 0;

  override get focusable(): boolean {
    return true;
  }

  set(data: SectionsData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    const moved = moveIndex(key, this.top, Math.max(1, this.total - this.page + 1), this.page);
    if (moved === undefined || this.total <= this.page) return false;
    this.top = moved;
    this.surface.invalidate();
    return true;
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const [first] = this.data.sections;
    const inner = width - BOX_MARGIN;
    this.page = height - BOX_MARGIN;
    if (first === undefined || inner < 4 || this.page < 1) return [];
    const lines = sectionLines(this.data.sections, { width: inner, height: this.page });
    this.total = lines.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const thumb = scrollThumb(this.top, this.page, this.total);
    const body = Array.from({ length: this.page }, (_, index) =>
      bordered(lines[this.top + index], inner, thumb?.(index) ?? false),
    );
    return [borderLine(inner, '┌┐', first), ...body, borderLine(inner, '└┘', {})];
  }
}

function bordered(line: Line | undefined, inner: number, isThumb: boolean): Markup {
  const right = isThumb ? style('accent', '█') : style('muted', line?.isTitle ? '┤' : '│');
  return join([style('muted', line?.isTitle ? '├' : '│'), fit(line?.text ?? '', inner), right]);
}

/** All lines of the sections; pure. */
function sectionLines(sections: readonly Section[], { width, height }: Size): Line[] {
  const contents = sections.map(({ content }) =>
    content.kind === 'chart' ? content : contentLines(content, width),
  );
  const taken = contents.reduce((sum, lines) => sum + (isLines(lines) ? lines.length : 0), 0);
  const left = height - taken - (sections.length - 1);
  return sections.flatMap((section, index) => {
    const content = contents[index]!;
    const all = isLines(content) ? content : chartAt(content, width, left);
    const lines = all.map((text) => ({ text, isTitle: false }));
    const title = { text: borderLine(width, '', section), isTitle: true };
    return index === 0 ? lines : [title, ...lines];
  });
}

function isLines(content: ChartContent | readonly Markup[]): content is readonly Markup[] {
  return Array.isArray(content);
}

function chartAt({ chart, least, most }: ChartContent, width: number, left: number): Markup[] {
  const height = Math.max(least, Math.min(most, left));
  return chartLines(chart, { width: width - 1, height });
}

function contentLines(content: Exclude<SectionContent, ChartContent>, columns: number): Markup[] {
  switch (content.kind) {
    case 'rows':
      return detailLines(content.rows, columns);
    case 'lines':
      return content.lines
        .flatMap((line) => wrap(line, columns - 2))
        .map((line) => join([' ', line]));
  }
}
