import type { Key } from './terminal/keys.js';
import type { Size } from './layout.js';
import { fit, join, type Markup, style } from './markup.js';

/** The first line to show so that `focus` is visible, moving as little as possible. */
export function scrollTo(focus: number, top: number, visible: number, total: number): number {
  const last = Math.max(0, total - visible);
  let next = Math.min(Math.max(0, top), last);
  if (focus < next) next = focus;
  if (focus >= next + visible) next = focus - visible + 1;
  return Math.min(Math.max(0, next), last);
}

/**
 * Gives the target of a key among `total` lines, of which `page` are visible; undefined when the
 * key does not scroll.
 */
export function moveIndex(
  key: Key,
  index: number,
  total: number,
  page: number,
): number | undefined {
  const step = STEPS[key];
  if (step === undefined) return undefined;
  const size = Math.max(1, page);
  const target = index + (step.rows ?? 0) + (step.pages ?? 0) * size;
  const wanted = step.to === 'first' ? 0 : step.to === 'last' ? total - 1 : Math.round(target);
  return Math.max(0, Math.min(total - 1, wanted));
}

interface Step {
  readonly rows?: number;
  readonly pages?: number;
  readonly to?: 'first' | 'last';
}

const STEPS: Readonly<Record<Key, Step>> = {
  up: { rows: -1 },
  k: { rows: -1 },
  down: { rows: 1 },
  j: { rows: 1 },
  pageup: { pages: -1 },
  'ctrl-b': { pages: -1 },
  pagedown: { pages: 1 },
  'ctrl-f': { pages: 1 },
  'ctrl-u': { pages: -0.5 },
  'ctrl-d': { pages: 0.5 },
  home: { to: 'first' },
  g: { to: 'first' },
  end: { to: 'last' },
  G: { to: 'last' },
};

/** For each visible line whether it belongs to the scroll bar's thumb; undefined when all fits. */
export function scrollThumb(
  top: number,
  visible: number,
  total: number,
): ((line: number) => boolean) | undefined {
  if (total <= visible || visible <= 0) return undefined;
  const size = Math.max(1, Math.round((visible * visible) / total));
  const first = Math.round(((visible - size) * top) / (total - visible));
  return (line) => line >= first && line < first + size;
}

/** A blank and the bar. */
const BAR_COLUMNS = 2;

/** Visible range of lines that do not all fit, with a scroll bar. */
export class LineScroll {
  private top = 0;
  private page = 1;
  private total = 0;

  /** Not all was shown the last time. */
  get hasMore(): boolean {
    return this.total > this.page;
  }

  /** The lines in view. They are asked for again, narrower, where they need a bar beside them. */
  view(
    { width, height }: Size,
    linesAt: (columns: number) => readonly Markup[],
    { focused, onBorder = false }: { readonly focused: boolean; readonly onBorder?: boolean },
  ): readonly Markup[] {
    this.page = Math.max(1, height);
    if (onBorder) return this.besideBorder({ width, height }, linesAt(width - 1), focused);
    const whole = linesAt(width);
    this.total = whole.length;
    if (!this.hasMore) {
      this.top = 0;
      return whole;
    }
    const room = width - BAR_COLUMNS;
    const lines = linesAt(room);
    this.total = lines.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const thumb = scrollThumb(this.top, height, this.total);
    return lines
      .slice(this.top, this.top + height)
      .map((line, index) => join([fit(line, room), ' ', barOf(thumb?.(index), focused)]));
  }

  /** The lines in view, with the border that is the bar. */
  private besideBorder(
    { width, height }: Size,
    lines: readonly Markup[],
    focused: boolean,
  ): readonly Markup[] {
    this.total = lines.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const shown = lines.slice(this.top, this.top + height);
    const blanks = Array.from({ length: Math.max(0, height - shown.length) }, () => join([]));
    const thumb = scrollThumb(this.top, height, this.total);
    return withBar([...shown, ...blanks], thumb, { width, onBorder: true, focused });
  }

  /** False: not a key that scrolls, or nothing to scroll. */
  handleKey(key: Key): boolean {
    if (!this.hasMore) return false;
    const moved = moveIndex(key, this.top, this.total - this.page + 1, this.page);
    if (moved === undefined) return false;
    this.top = moved;
    return true;
  }
}

function barOf(isThumb: boolean | undefined, focused: boolean): Markup {
  return style(focused ? 'accent' : 'muted', isThumb === true ? '┃' : '│');
}

/** Lines with a scroll bar in their last column; on a border the rest of that column is the border's. */
export function withBar(
  lines: readonly Markup[],
  thumb: ((line: number) => boolean) | undefined,
  options: { readonly width: number; readonly onBorder: boolean; readonly focused: boolean },
): readonly Markup[] {
  const { width, onBorder, focused } = options;
  if (thumb === undefined && !onBorder) return lines;
  const look = focused ? 'accent' : 'muted';
  const rest = onBorder ? style(look, '│') : ' ';
  return lines.map((line, index) =>
    join([fit(line, width - 1), thumb?.(index) === true ? style(look, '█') : rest]),
  );
}

/** A row of a log: a line's number and which of its wrapped rows. */
export interface LogPosition {
  readonly line: number;
  readonly row: number;
}

/** Rows that a line takes. */
type RowCount = (line: number) => number;

/** The lines there are: from `start` up to, not including, `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
  /** True for a line before `start` that is still there. */
  isHeld(line: number): boolean;
}

/** Top row of a log's page: follows the end, or stays where it was scrolled to. */
export class LogScroll {
  following = true;
  /** Place to go to at the next drawing, whose page may have another size. */
  private due: number | 'end' | undefined;
  /** Line that was last brought into view: another size of the page shows it too, until a key scrolls. */
  private kept: number | undefined;
  private first: LogPosition = { line: 0, row: 0 };
  private page = 1;
  /** The last drawing showed the end: another size of the page shows it too. */
  private atEnd = true;

  constructor(
    private readonly range: Range,
    private readonly rowCount: RowCount,
  ) {}

  get top(): LogPosition {
    return this.first;
  }

  /** The line on the last row of the page. */
  get bottom(): number {
    const { line } = moveBy(this.range, this.first, this.page - 1, this.rowCount);
    return Math.min(line, this.range.end - 1);
  }

  /** Brings the top up to date with lines that came and went, and with the size of the page. */
  settle(page: number): LogPosition {
    const isResized = page !== this.page;
    const due = this.due ?? (isResized ? this.kept : undefined);
    const staysAtEnd = this.atEnd && isResized && due === undefined;
    this.page = page;
    const earliest = { line: this.range.start, row: 0 };
    const latest = this.latest();
    if (typeof due === 'number') this.first = this.withLine(due);
    const isEndDue = this.following || due === 'end' || staysAtEnd;
    if (isEndDue || later(this.first, latest)) this.first = latest;
    this.due = undefined;
    if (later(earliest, this.first) && !this.range.isHeld(this.first.line)) this.first = earliest;
    this.atEnd = !later(latest, this.first);
    return this.first;
  }

  /** Rows of lines became more or fewer: from the beginning of the line on top. */
  rewrap(): void {
    this.first = { line: this.first.line, row: 0 };
  }

  /** Puts a line into the upper third. */
  show(line: number): void {
    this.following = false;
    this.due = line;
    this.kept = line;
    this.first = this.withLine(line);
  }

  private withLine(line: number): LogPosition {
    const above = Math.floor(this.page / 3);
    return moveBy(this.range, { line, row: 0 }, -above, this.rowCount);
  }

  /** Goes to the last page once. */
  showEnd(): void {
    this.following = false;
    this.due = 'end';
    this.kept = undefined;
  }

  /** Reaching the end by going down means to follow again. False: not a key that scrolls. */
  handleKey(key: Key): boolean {
    const latest = this.latest();
    const before = this.first;
    if (before.line < this.range.start) this.first = { line: this.range.start, row: 0 };
    const target = this.target(key, latest);
    if (target === undefined) {
      this.first = before;
      return false;
    }
    const down = !later(this.first, target);
    this.kept = undefined;
    this.first = target;
    this.following = down && !later(latest, target);
    return true;
  }

  private latest(): LogPosition {
    return firstOfPage(this.range, this.page, this.rowCount);
  }

  private target(key: Key, latest: LogPosition): LogPosition | undefined {
    if (key === 'g' || key === 'home') return { line: this.range.start, row: 0 };
    if (key === 'G' || key === 'end') return latest;
    // Rows above and below an assumed middle, so that a key can move its full distance.
    const reach = 10 * this.page;
    const moved = moveIndex(key, reach, 2 * reach + 1, this.page);
    if (moved === undefined) return undefined;
    return moveBy(this.range, this.first, moved - reach, this.rowCount);
  }
}

function later(one: LogPosition, other: LogPosition): boolean {
  return one.line > other.line || (one.line === other.line && one.row > other.row);
}

/** Finds the first row of the page that shows the end of the log; pure. */
function firstOfPage(range: Range, page: number, rowCount: RowCount): LogPosition {
  return moveBy(range, { line: range.end, row: 0 }, -page, rowCount);
}

/** `rows` further down, or up when negative, within the log; pure. */
function moveBy(range: Range, from: LogPosition, rows: number, rowCount: RowCount): LogPosition {
  let { line, row } = from;
  let left = rows;
  while (left < 0) {
    if (row > 0) {
      const step = Math.min(row, -left);
      row -= step;
      left += step;
    } else if (line <= range.start) return { line: range.start, row: 0 };
    else {
      line -= 1;
      row = rowCount(line);
    }
  }
  while (left > 0 && line < range.end) {
    const rest = rowCount(line) - row;
    if (left < rest) return { line, row: row + left };
    left -= rest;
    line += 1;
    row = 0;
  }
  return { line, row };
}
