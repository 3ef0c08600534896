import {
  elapsedSince,
  fit,
  formatDuration,
  glyph,
  join,
  type Markup,
  spaces,
  style,
  type Text,
  truncate,
  width,
} from './markup.js';
import type { Size } from './layout.js';
import { moveIndex, scrollThumb, scrollTo, withBar } from './scroll.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { GlyphName, StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';
import { proseColumns, wrap, wrapItem } from './paragraph.js';

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped';

export interface Step {
  readonly id: string;
  readonly title: Text;
  readonly state: StepState;
  /** Duration of a finished step. */
  readonly elapsedMs?: number | undefined;
  /** Epoch, of a running step: its time is kept up to date. */
  readonly since?: number | undefined;
  /** Sub-step, or what it is waiting for; one line below. */
  readonly detail?: Text | undefined;
  /** In red below the step. */
  readonly error?: readonly Text[] | undefined;
}

export interface StepsData {
  readonly steps: readonly Step[];
  /** Lines after the steps: clean-up, success. */
  readonly outcome?: readonly Text[] | undefined;
  /** Keeps the failed step visible rather than the end when there is not enough room. */
  readonly failureFirst?: boolean | undefined;
  /** A bar at the bottom. */
  readonly progress?: StepsProgress | undefined;
}

export interface StepsProgress {
  readonly done: number;
  readonly total: number;
  /** Length of the bar, from 0 to 1, where the parts differ in length. */
  readonly share?: number | undefined;
}

export interface StepsOptions {
  /** Its last column is the border of the panel around it. */
  readonly onBorder?: boolean;
}

/** Rows of so many steps while one runs: a line below it, and the bar. */
export function runningRows(steps: number): number {
  return steps + 2;
}

/** The steps of a long operation. Follows the running or failed step until the person scrolls. */
export class Steps extends PaintedWidget {
  private data: StepsData = { steps: [] };
  private top = 0;
  private page = 1;
  private total = 0;
  /** Scrolled by the person: from then on it stays where it is. */
  private scrolled = false;

  constructor(
    terminal: Terminal,
    private readonly options: StepsOptions = {},
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return this.total > this.page;
  }

  set(data: StepsData): void {
    this.data = data;
    this.surface.invalidate();
  }

  /** Rows that all of it takes. */
  rowsAt(columns: number): number {
    const bar = this.data.progress === undefined ? 0 : 1;
    return stepLines(this.data, columns).lines.length + bar;
  }

  override handleKey(key: Key): boolean {
    if (!this.focusable) return false;
    const moved = moveIndex(key, this.top, this.total - this.page + 1, this.page);
    if (moved === undefined) return false;
    this.top = moved;
    this.scrolled = this.data.failureFirst === true || moved < this.total - this.page;
    this.surface.invalidate();
    return true;
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const { onBorder = false } = this.options;
    const lines = this.linesIn(onBorder ? width - 1 : width, height);
    const thumb = scrollThumb(this.top, this.page, this.total);
    return withBar(lines, thumb, { width, onBorder, focused: this.focused });
  }

  private linesIn(width: number, height: number): readonly Markup[] {
    const { progress, failureFirst } = this.data;
    // The bar stands at the bottom of the panel, right after the steps when there is no room.
    const bar = progress === undefined ? [] : [progressLine(progress, width)];
    this.page = Math.max(1, height - bar.length);
    const roomy = stepLines(this.data, width);
    const isTight = roomy.lines.length > this.page;
    const { lines, focus, failure } = isTight ? stepLines(this.data, width, false) : roomy;
    this.total = lines.length;
    if (!this.scrolled) {
      this.top = scrollTo(focus, this.top, this.page, this.total);
      if (failureFirst === true) this.top = Math.min(this.top, failure ?? this.top);
    }
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const shown = [...lines.slice(this.top, this.top + this.page), ...bar];
    while (shown.length < height) shown.push(spaces(0));
    return shown;
  }
}

const GLYPH: Readonly<Record<StepState, GlyphName>> = {
  pending: 'pending',
  running: 'spinner',
  done: 'ok',
  failed: 'failed',
  skipped: 'skipped',
};
const TITLE: Partial<Record<StepState, StyleName>> = {
  pending: 'muted',
  running: 'strong',
  failed: 'danger',
  skipped: 'muted',
};
/** Room for the longest time: `1h 02m`. */
const TIME_COLUMNS = 7;
const INDENT = 5;

/**
 * Gives all lines, the line to keep visible (the end of the running or failed step), and the start
 * of a failure.
 */
export function stepLines(
  { steps, outcome = [] }: StepsData,
  columns: number,
  spaced = true,
): { readonly lines: Markup[]; readonly focus: number; readonly failure: number | undefined } {
  const lines: Markup[] = [];
  let focus = 0;
  let failure: number | undefined;
  for (const step of steps) {
    if (step.state === 'failed') failure ??= lines.length;
    lines.push(...linesOf(step, columns));
    if (step.state !== 'pending' && step.state !== 'skipped') focus = lines.length - 1;
  }
  const after = outcome.flatMap((line) => wrapItem(line, proseColumns(columns - 2)));
  if (after.length > 0) {
    if (spaced && lines.length > 0) lines.push(spaces(0));
    lines.push(...after.map((line) => join([' ', line])));
    focus = lines.length - 1;
  }
  return { lines, focus, failure };
}

/** `███████░░░░  7/11`, as wide as there is room. */
function progressLine(
  { done, total, share = total > 0 ? done / total : 0 }: StepsProgress,
  columns: number,
): Markup {
  const count = `${done}/${total}`;
  const room = Math.max(0, columns - width(count) - 4);
  const full = Math.round(room * Math.max(0, Math.min(share, 1)));
  const bar = [style('accent', '█'.repeat(full)), style('muted', '░'.repeat(room - full))];
  return join([' ', ...bar, '  ', count]);
}

function linesOf(step: Step, columns: number): Markup[] {
  const { state, title, detail, error = [] } = step;
  const time = timeOf(step);
  const room = Math.max(0, columns - 4 - TIME_COLUMNS);
  const name = TITLE[state];
  const shown = name === undefined ? title : style(name, title);
  const head = join([' ', glyph(GLYPH[state]), ' ', fit(shown, room), time]);
  const below = room + TIME_COLUMNS - (INDENT - 3);
  const sub = detail === undefined ? [] : [detailLine(detail, below)];
  const errors = error.flatMap((line) => wrap(style('danger', line), proseColumns(below)));
  return [head, ...sub, ...errors.map((line) => join([spaces(INDENT), line]))];
}

function detailLine(detail: Text, columns: number): Markup {
  return join(['   ', glyph('branch'), ' ', style('muted', truncate(detail, columns))]);
}

function timeOf({ state, since, elapsedMs }: Step): Markup {
  if (state === 'running' && since !== undefined)
    return fit(elapsedSince(since), TIME_COLUMNS, 'right');
  const words = elapsedMs === undefined ? '' : formatDuration(elapsedMs);
  return fit(style('muted', words), TIME_COLUMNS, 'right');
}
