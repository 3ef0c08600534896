import type blessed from 'blessed';
import Box from 'blessed/lib/widgets/box.js';
import type { Disposable } from '../core/lifecycle.js';
import type { CellRow } from './terminal/output-gate.js';
import type { Stage } from './terminal/stage.js';
import type { Terminal } from './terminal/terminal.js';
import type { Placeable, Rect, Size } from './layout.js';
import { type Markup, type Span, targetAt, withSpinner } from './markup.js';
import type { Pressable } from './pointer.js';
import { asciiOf, isPlainAscii, type Unit, units } from './characters.js';
import type { Theme } from './theme.js';

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
  private painted: readonly Markup[] = [];
  private lines: readonly CellLine[] = [];
  /** Theme and place of the lines: a line that is painted again as the same object stays. */
  private made:
    { readonly theme: Theme; readonly left: number; readonly width: number } | undefined;
  private stale = true;
  private moving: Animation;

  constructor(
    terminal: Terminal,
    private readonly paint: Paint,
    /** Gets the clicks on it. */
    readonly owner?: Pressable,
  ) {
    this.stage = terminal.stage;
    const { screen } = this.stage;
    this.box = new Box({ screen, top: 0, left: 0, width: 1, height: 1, hidden: true });
    // blessed's own would go over each cell in each frame, to blank it.
    Object.assign(this.box, { render: this.handleRender });
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

  /** Finds what is at a cell of the screen: undefined where this is not, `target` undefined where nothing has a name. */
  at(x: number, y: number): { readonly target: string | undefined } | undefined {
    const { left = 0, top = 0, width = 0, height = 0 } = this.area ?? {};
    const [column, row] = [x - left, y - top];
    if (column < 0 || row < 0 || column >= width || row >= height) return undefined;
    const line = this.painted[row];
    return { target: line && targetAt(line, column) };
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
    const { theme, capabilities } = this.stage;
    const isSame =
      this.made?.theme === theme && this.made.left === left && this.made.width === width;
    const before = new Map(isSame ? this.painted.map((line, at) => [line, this.lines[at]]) : []);
    const painted = this.paint({ width, height });
    this.painted = painted;
    this.made = { theme, left, width };
    this.moving = animationOf(painted);
    this.lines = Array.from({ length: height }, (_, index) => {
      const line = painted[index];
      const resolved = line === undefined ? undefined : withSpinner(line, spinner);
      const known = resolved === undefined || resolved !== line ? undefined : before.get(resolved);
      return known ?? cellsOf(resolved, { theme, left, columns: width, links: capabilities.links });
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
    for (let y = 0; y < this.lines.length; y += 1) {
      const row = rows[top + y];
      if (row !== undefined) writeCells(row, this.lines[y]!, left);
    }
  };
}

/** Plain loops over cells: the first frame comes before V8 compiles anything of it. */
function writeCells(row: CellRow, { chars, attributes }: CellLine, left: number): void {
  const end = Math.min(chars.length, row.length - left);
  for (let x = Math.max(0, -left); x < end; x += 1) {
    const cell = row[left + x]!;
    const attribute = attributes[x]!;
    const char = chars[x]!;
    if (cell[0] === attribute && cell[1] === char) continue;
    cell[0] = attribute;
    cell[1] = char;
    row.dirty = true;
  }
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

/** Line in blessed's format: character and attribute of each column. */
interface CellLine {
  readonly chars: string[];
  readonly attributes: number[];
}

export interface CellOptions {
  readonly theme: Theme;
  /** Screen column of the first cell. */
  readonly left: number;
  readonly columns: number;
  /** True when OSC 8 hyperlinks may be written. */
  readonly links: boolean;
}

/**
 * Turns a line into cells, cut and padded to `columns`. blessed moves on by one column for each
 * cell it writes, so a cell whose width terminals may see differently ends by putting the cursor
 * where blessed believes it to be: nothing right of it can shift, borders least of all.
 */
export function cellsOf(line: Markup | undefined, options: CellOptions): CellLine {
  const cells: CellLine = { chars: [], attributes: [] };
  for (const span of line?.spans ?? []) {
    const attribute = options.theme.attribute(span);
    if (span.link !== undefined && options.links) addLink(cells, span, span.link, options);
    else if (isPlainAscii(span.text)) addAscii(cells, span.text, attribute, options.columns);
    else addUnits(cells, units(span.text), attribute, options);
    if (cells.chars.length >= options.columns) break;
  }
  const { columns } = options;
  addAscii(cells, ' '.repeat(columns), options.theme.attribute({}), columns);
  return cells;
}

function add(cells: CellLine, chars: string, attribute: number): void {
  cells.chars.push(chars);
  cells.attributes.push(attribute);
}

/** In a few calls into V8 rather than one for each cell. */
function addAscii(cells: CellLine, ascii: string, attribute: number, columns: number): void {
  const { chars, attributes } = cells;
  const from = chars.length;
  chars.push(...ascii.slice(0, Math.max(0, columns - from)).split(''));
  attributes.length = chars.length;
  attributes.fill(attribute, from);
}

function addUnits(
  cells: CellLine,
  all: Iterable<Unit>,
  attribute: number,
  { theme, left, columns }: CellOptions,
): void {
  for (const unit of all) {
    if (cells.chars.length + unit.width > columns) return;
    if (theme.ascii) addAscii(cells, asciiOf(unit), attribute, columns);
    else if (unit.safe) add(cells, unit.chars, attribute);
    else addUncertain(cells, unit, attribute, left + cells.chars.length);
  }
}

function addUncertain(cells: CellLine, unit: Unit, attribute: number, column: number): void {
  const next = cursorTo(column + 1);
  if (unit.width === 1) {
    add(cells, `${unit.chars}${next}`, attribute);
    return;
  }
  // Blanks first: where the terminal gives it one column only, the other one is empty.
  add(cells, `  ${cursorTo(column)}${unit.chars}${next}`, attribute);
  add(cells, CURSOR_FORWARD, attribute);
}

/** Makes each cell a link with the same id, so that redrawing some of them is enough. */
function addLink(cells: CellLine, span: Span, url: string, options: CellOptions): void {
  const inner: CellLine = { chars: [], attributes: [] };
  addUnits(inner, units(span.text), options.theme.attribute(span), {
    ...options,
    left: options.left + cells.chars.length,
    columns: options.columns - cells.chars.length,
  });
  const open = `\x1b]8;id=${idOf(url)};${url}\x1b\\`;
  inner.chars.forEach((chars, index) =>
    add(cells, `${open}${chars}\x1b]8;;\x1b\\`, inner.attributes[index] ?? 0),
  );
}

function idOf(url: string): string {
  let sum = 0;
  for (const char of url) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 0xffffff;
  return sum.toString(36);
}

const CURSOR_FORWARD = '\x1b[C';

/** CHA, counted from 1. */
function cursorTo(column: number): string {
  return `\x1b[${column + 1}G`;
}
