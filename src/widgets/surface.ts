import blessed from 'blessed';
import type { Disposable } from '../core/lifecycle.js';
import { type CellLine, cellsOf } from './cells.js';
import type { Placeable, Rect, Size } from './layout.js';
import { type Markup, withSpinner } from './markup.js';
import type { Stage } from './terminal/stage.js';
import type { Terminal } from './terminal/terminal.js';

/** Lines for a size, from the top; what is too much is cut, what is missing is blank. */
export type Paint = (size: Size) => readonly Markup[];

/** Animated part, repainted as time passes. */
export type Animation = 'spinner' | 'clock' | undefined;

/**
 * A rectangle of the screen that one widget draws into. A blessed box gives it place and order;
 * its cells are written directly, so blessed never parses content, tags or widths.
 */
export class Surface implements Placeable, Disposable {
  private readonly stage: Stage;
  private readonly box: blessed.Widgets.BoxElement;
  private area: Rect | undefined;
  private lines: readonly CellLine[] = [];
  private stale = true;
  private moving: Animation;

  constructor(
    terminal: Terminal,
    private readonly paint: Paint,
  ) {
    this.stage = terminal.stage;
    const { screen } = this.stage;
    this.box = blessed.box({ screen, top: 0, left: 0, width: 1, height: 1, hidden: true });
    // Else the box would blank its cells before each frame.
    Object.assign(this.box, { _noFill: true });
    this.box.on('render', this.handleRender);
    this.stage.add(this, this.box);
  }

  get visible(): boolean {
    return this.area !== undefined;
  }

  get size(): Size {
    return { width: this.area?.width ?? 0, height: this.area?.height ?? 0 };
  }

  get layer(): number {
    return this.area?.layer ?? 0;
  }

  get animation(): Animation {
    return this.visible ? this.moving : undefined;
  }

  place(area: Rect | undefined): void {
    const next = area !== undefined && area.width > 0 && area.height > 0 ? area : undefined;
    if (sameRect(this.area, next)) return;
    const layerBefore = this.layer;
    this.area = next;
    if (next === undefined) this.box.hide();
    else {
      this.box.left = next.left;
      this.box.top = next.top;
      this.box.width = next.width;
      this.box.height = next.height;
      this.box.show();
      if (this.layer !== layerBefore) this.stage.sort();
    }
    this.stale = true;
    this.stage.markDirty();
  }

  /** Paints again in the next frame. */
  invalidate(): void {
    this.stale = true;
    if (this.visible) this.stage.markDirty();
  }

  /** Called by the stage before a frame. */
  refresh(spinner: string): void {
    if (!this.stale || this.area === undefined) return;
    this.stale = false;
    const { width, height, left } = this.area;
    const painted = this.paint({ width, height });
    this.moving = animationOf(painted);
    const { theme, capabilities } = this.stage;
    this.lines = Array.from({ length: height }, (_, index) => {
      const line = painted[index];
      const resolved = line === undefined ? undefined : withSpinner(line, spinner);
      return cellsOf(resolved, { theme, left, columns: width, links: capabilities.links });
    });
  }

  dispose(): void {
    this.place(undefined);
    this.stage.remove(this, this.box);
  }

  private readonly handleRender = (): void => {
    if (this.area === undefined) return;
    const { left, top } = this.area;
    const rows = this.stage.rows;
    this.lines.forEach((line, index) => {
      const row = rows[top + index];
      if (row === undefined) return;
      line.chars.forEach((chars, column) => {
        const cell = row[left + column];
        const attribute = line.attributes[column] ?? 0;
        if (cell === undefined || (cell[0] === attribute && cell[1] === chars)) return;
        cell[0] = attribute;
        cell[1] = chars;
        row.dirty = true;
      });
    });
  };
}

function animationOf(lines: readonly Markup[]): Animation {
  let found: Animation;
  for (const { spans } of lines)
    for (const span of spans) {
      if (span.spinner === true) return 'spinner';
      if (span.since !== undefined) found = 'clock';
    }
  return found;
}

function sameRect(one: Rect | undefined, other: Rect | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.left === other.left &&
    one.top === other.top &&
    one.width === other.width &&
    one.height === other.height &&
    (one.layer ?? 0) === (other.layer ?? 0)
  );
}
