import type { Size } from './layout.js';
import { LineScroll } from './scroll.js';
import { fit, glyph, join, type Markup, spaces, style, type Text, width } from './markup.js';
import type { Key } from './terminal/keys.js';
import type { GlyphName, StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

export type CheckState = 'pending' | 'running' | 'ok' | 'warning' | 'failed';

export interface Check {
  readonly id: string;
  readonly state: CheckState;
  /** `token is valid`. */
  readonly title: Text;
  /** Beside the title, or below when it does not fit. */
  readonly detail?: Text | undefined;
  /** Further lines below: what to do. */
  readonly lines?: readonly Text[];
}

export interface ChecksData {
  readonly checks: readonly Check[];
}

const GLYPH: Readonly<Record<CheckState, GlyphName>> = {
  pending: 'pending',
  running: 'spinner',
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
};
const STYLE: Partial<Record<CheckState, StyleName>> = {
  pending: 'muted',
  warning: 'warn',
  failed: 'danger',
};
const INDENT = 3;
/** Narrower than this a detail is better off below its title. */
const NARROWEST_DETAIL = 24;

/** A glyph and a sentence a row; scrolls when it has the focus and more lines than room. */
export class Checks extends PaintedWidget {
  private readonly scroll = new LineScroll();
  private data: ChecksData = { checks: [] };

  override get focusable(): boolean {
    return this.scroll.hasMore;
  }

  /** Rows that it can do with. */
  rowsAt(columns: number): number {
    return checkLines(briefly(this.data.checks), columns, false).length;
  }

  set(data: ChecksData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (!this.scroll.handleKey(key)) return false;
    this.surface.invalidate();
    return true;
  }

  protected override paint(size: Size): readonly Markup[] {
    return this.scroll.view(size, (columns) => this.linesFor(columns, size.height), {
      focused: this.focused,
    });
  }

  /** Lays the checks out with as much detail as the height allows. */
  private linesFor(columns: number, height: number): readonly Markup[] {
    const { checks } = this.data;
    const variants = [
      checkLines(checks, columns),
      checkLines(checks, columns, false),
      checkLines(briefly(checks), columns, false),
    ];
    return variants.find((lines) => lines.length <= height) ?? variants.at(-1)!;
  }
}

/** Shortens passed checks to their sentence; failed ones keep their hint, which needs the room. */
function briefly(checks: readonly Check[]): readonly Check[] {
  return checks.map((check) =>
    check.state === 'ok' ? { ...check, detail: undefined, lines: [] } : check,
  );
}

/** Their lines; pure. Details stand in one column as long as all rows leave them room. */
export function checkLines(
  checks: readonly Check[],
  columns: number,
  besideTitles = true,
): Markup[] {
  const titles = Math.max(0, ...checks.map(({ title }) => width(title)));
  const room = besideTitles ? columns - INDENT - titles - 2 : 0;
  return checks.flatMap((check) =>
    room >= NARROWEST_DETAIL ? linesBeside(check, titles, columns) : linesBelow(check, columns),
  );
}

function linesBeside(check: Check, titles: number, columns: number): readonly Markup[] {
  const { title, detail } = check;
  const wrapped = detail === undefined ? [] : wrap(detail, columns - INDENT - titles - 2);
  return [
    join([signOf(check), fit(painted(check, title), titles), '  ', wrapped[0] ?? '']),
    ...wrapped.slice(1).map((line) => join([spaces(INDENT + titles + 2), line])),
    ...furtherLines(check, columns),
  ];
}

function linesBelow(check: Check, columns: number): readonly Markup[] {
  const { title, detail } = check;
  const head = wrap(painted(check, title), columns - INDENT);
  const below = detail === undefined ? [] : wrap(detail, columns - INDENT);
  return [
    ...head.map((line, index) => join([index === 0 ? signOf(check) : spaces(INDENT), line])),
    ...below.map((line) => join([spaces(INDENT), line])),
    ...furtherLines(check, columns),
  ];
}

function furtherLines({ lines = [] }: Check, columns: number): readonly Markup[] {
  return lines
    .flatMap((line) => wrap(style('muted', line), columns - INDENT))
    .map((line) => join([spaces(INDENT), line]));
}

function signOf({ state }: Check): Markup {
  return join([' ', glyph(GLYPH[state]), ' ']);
}

function painted({ state }: Check, part: Text): Markup {
  const name = STYLE[state];
  return name === undefined ? join([part]) : style(name, part);
}
