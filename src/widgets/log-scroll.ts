import { moveIndex } from './scroll.js';
import type { Key } from './terminal/keys.js';

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
}

/** Top row of a log's page: follows the end, or stays where it was scrolled to. */
export class LogScroll {
  following = true;
  private first: LogPosition = { line: 0, row: 0 };
  private page = 1;

  constructor(
    private readonly range: Range,
    private readonly rowCount: RowCount,
  ) {}

  get top(): LogPosition {
    return this.first;
  }

  /** Brings the top up to date with lines that came and went, and with the size of the page. */
  settle(page: number): LogPosition {
    this.page = page;
    const earliest = { line: this.range.start, row: 0 };
    const latest = this.latest();
    if (this.following || later(this.first, latest)) this.first = latest;
    if (later(earliest, this.first)) this.first = earliest;
    return this.first;
  }

  /** Rows of lines became more or fewer: from the beginning of the line on top. */
  rewrap(): void {
    this.first = { line: this.first.line, row: 0 };
  }

  /** Puts a line into the upper third. */
  show(line: number): void {
    this.following = false;
    const above = Math.floor(this.page / 3);
    this.first = moveBy(this.range, { line, row: 0 }, -above, this.rowCount);
  }

  /** Reaching the end by going down means to follow again. False: not a key that scrolls. */
  handleKey(key: Key): boolean {
    const latest = this.latest();
    const target = this.target(key, latest);
    if (target === undefined) return false;
    const down = !later(this.first, target);
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
