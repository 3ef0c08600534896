import type { Size } from './layout.js';
import {
  fit,
  join,
  type Markup,
  spaces,
  style,
  type Text,
  text,
  truncate,
  width,
} from './markup.js';
import { PaintedWidget } from './widget.js';

const BLOCKS = '▁▂▃▄▅▆▇█';
/** `6500 ms ┤` */
const AXIS_COLUMNS = 9;
/** Baseline and labels. */
const AXIS_ROWS = 2;

/** A stretch of the chart's time. */
export interface ChartBar {
  /** Height; undefined where nothing succeeded. */
  readonly value: number | undefined;
  /** Something failed: drawn in red whatever else there is. */
  readonly failed: boolean;
  /** No look was taken. */
  readonly empty: boolean;
}

export interface ChartTick {
  /** Place between the beginning, 0, and the end, 1. */
  readonly at: number;
  readonly label: string;
}

export interface ChartData {
  /** Buckets of one length, oldest first; as many as wanted, stretched to the width. */
  readonly bars: readonly ChartBar[];
  readonly unit: string;
  readonly ticks: readonly ChartTick[];
  /** Label of the end. */
  readonly end: string;
}

/** Columns left for bars. */
export function chartColumns(width: number): number {
  return Math.max(0, width - AXIS_COLUMNS - 1);
}

/** Bars with a scale at the left and a time axis below, exactly as large as `size`. Pure. */
export function chartLines(data: ChartData, size: Size): Markup[] {
  const columns = chartColumns(size.width);
  const height = Math.max(1, size.height - AXIS_ROWS);
  const highest = Math.max(0, ...data.bars.map(({ value }) => value ?? 0));
  const top = scaleTop(highest);
  const bars = Array.from(
    { length: columns },
    (_, column) => data.bars[Math.floor((column * data.bars.length) / columns)],
  );
  const body = Array.from({ length: height }, (_, index) => {
    const row = height - 1 - index;
    const label = scaleLabel(row, height, top, data.unit);
    return join([axisLabel(label, '┤'), ...bars.map((bar) => cell(bar, row, height, top))]);
  });
  return [...body, ...axis(data, columns)];
}

function cell(bar: ChartBar | undefined, row: number, height: number, top: number): Markup {
  if (bar === undefined || bar.empty) return row === 0 ? style('muted', '·') : spaces(1);
  if (bar.failed && row === 0) return style('danger', '×');
  const eighths = Math.max(1, Math.round(((bar.value ?? 0) / top) * height * BLOCKS.length));
  const level =
    bar.value === undefined ? 0 : Math.min(BLOCKS.length, eighths - row * BLOCKS.length);
  return level > 0 ? style(bar.failed ? 'danger' : 'accent', BLOCKS[level - 1]!) : spaces(1);
}

/** The least of 1, 2, 3, 5, 10, 20, … that is not below. */
function scaleTop(highest: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, highest)));
  return ([1, 2, 3, 5, 10].find((step) => step * power >= highest) ?? 10) * power;
}

/** At the top, and in the middle where there is room for both. */
function scaleLabel(row: number, height: number, top: number, unit: string): string {
  if (row === height - 1) return `${top} ${unit}`;
  const middle = Math.floor(height / 2) - 1;
  const isRound = top % 2 === 0 && height % 2 === 0;
  return height >= 4 && isRound && row === middle ? `${top / 2} ${unit}` : '';
}

function axisLabel(label: string, mark: string): Markup {
  return style('muted', join([fit(label, AXIS_COLUMNS - 1, 'right'), ' ', mark]));
}

function axis({ ticks, end }: ChartData, columns: number): readonly Markup[] {
  const line = Array.from({ length: columns }, () => '─');
  let labels: Text = spaces(AXIS_COLUMNS);
  const room = columns + 1 - width(end);
  for (const { at, label } of ticks) {
    const column = Math.round(at * columns);
    const before = width(labels) - AXIS_COLUMNS;
    // Two labels touch nowhere, and none the last one.
    if (column >= columns || column < 0) continue;
    line[column] = '┬';
    if ((before > 0 && column + 1 < before + 2) || column + 1 + width(label) + 2 > room) continue;
    labels = join([labels, spaces(column + 1 - before), label]);
  }
  const gap = columns + 1 - (width(labels) - AXIS_COLUMNS) - width(end);
  const last = join([labels, spaces(Math.max(1, gap)), end]);
  return [join([axisLabel('0', '┼'), style('muted', text(line.join('')))]), style('muted', last)];
}

/** Sample latencies that are this much of the lowest one rise by a block: what is usual stays at the bottom. */
const STEP = Math.SQRT2;

/** A row of blocks, one a bar, from the lowest of them up; failures and unwatched time look as in a chart. */
export function strip(bars: readonly ChartBar[]): Markup {
  const lowest = Math.min(...bars.map(({ value }) => value ?? Infinity));
  return join(
    bars.map(({ value, failed, empty }) => {
      if (empty) return style('muted', '·');
      if (failed || value === undefined) return style('danger', '×');
      const steps = Math.round(
        Math.log(value / Math.max(lowest, Number.MIN_VALUE)) / Math.log(STEP),
      );
      return style('accent', BLOCKS.charAt(Math.min(BLOCKS.length - 1, Math.max(0, steps))));
    }),
  );
}

/** A row of blocks, one a share in percent; a share that is not known is a dot. */
export function shareStrip(shares: readonly (number | undefined)[]): Markup {
  return join(
    shares.map((share) => {
      if (share === undefined) return style('muted', '·');
      const level = Math.floor((share / 100) * BLOCKS.length);
      return style('accent', BLOCKS.charAt(Math.min(BLOCKS.length - 1, Math.max(0, level))));
    }),
  );
}

export interface ChartPaneData extends ChartData {
  readonly title: Text;
}

/** A chart below its title. */
export class Chart extends PaintedWidget {
  private data: ChartPaneData = { title: '', bars: [], unit: '', ticks: [], end: '' };

  set(data: ChartPaneData): void {
    this.data = data;
    this.surface.invalidate();
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const title = truncate(style('strong', this.data.title), width);
    return [title, ...chartLines(this.data, { width, height: height - 1 })];
  }
}
