import type { Size } from './layout.js';
import { fit, glyph, join, type Markup, spaces, style, type Text, width } from './markup.js';
import type { GlyphName, StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './wrap.js';

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

/** A glyph and a sentence a row. */
export class Checks extends PaintedWidget {
  private data: ChecksData = { checks: [] };

  set(data: ChecksData): void {
    this.data = data;
    this.surface.invalidate();
  }

  protected override paint(size: Size): readonly Markup[] {
    return checkLines(this.data.checks, size.width);
  }
}

/** Their lines; pure. Details stand in one column as long as all rows leave them room. */
export function checkLines(checks: readonly Check[], columns: number): Markup[] {
  const titles = Math.max(0, ...checks.map(({ title }) => width(title)));
  const room = columns - INDENT - titles - 2;
  return checks.flatMap((check) => {
    const { state, title, detail, lines = [] } = check;
    const details = detail === undefined ? [] : [detail];
    const paint = (part: Text): Markup => {
      const name = STYLE[state];
      return name === undefined ? join([part]) : style(name, part);
    };
    const sign = join([' ', glyph(GLYPH[state]), ' ']);
    const beside = room >= 24;
    const wrapped = beside ? details.flatMap((part) => wrap(part, room)) : [];
    const head = beside
      ? [join([sign, fit(paint(title), titles), '  ', wrapped[0] ?? ''])]
      : wrap(paint(title), columns - INDENT).map((line, index) =>
          join([index === 0 ? sign : spaces(INDENT), line]),
        );
    const below = beside ? [] : details.flatMap((part) => wrap(part, columns - INDENT));
    return [
      ...head,
      ...wrapped.slice(1).map((line) => join([spaces(INDENT + titles + 2), line])),
      ...below.map((line) => join([spaces(INDENT), line])),
      ...lines
        .flatMap((line) => wrap(style('muted', line), columns - INDENT))
        .map((line) => join([spaces(INDENT), line])),
    ];
  });
}
