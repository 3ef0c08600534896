import type { Size } from './layout.js';
import type { Markup, Text } from './markup.js';
import { moveIndex, scrollTo } from './scroll.js';
import { progressLine, stepLines } from './step-lines.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'undone';

export interface Step {
  readonly id: string;
  readonly title: Text;
  readonly state: StepState;
  /** Of a finished step. */
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
  /** Where there is not room for all: the step that failed rather than the end. */
  readonly failureFirst?: boolean | undefined;
  /** A bar at the bottom. */
  readonly progress?: { readonly done: number; readonly total: number } | undefined;
}

/** The steps of a long operation. Follows the running or failed step until the person scrolls. */
export class Steps extends PaintedWidget {
  private data: StepsData = { steps: [] };
  private top = 0;
  private page = 1;
  private total = 0;
  /** Scrolled by the person: from then on it stays where it is. */
  private scrolled = false;

  override get focusable(): boolean {
    return this.total > this.page;
  }

  set(data: StepsData): void {
    this.data = data;
    this.surface.invalidate();
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
    return [...lines.slice(this.top, this.top + this.page), ...bar];
  }
}
