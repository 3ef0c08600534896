import { firstOfPage, type LogPosition, moveBy, type Range, type RowCount } from './log-window.js';
import { moveIndex } from './scroll.js';
import type { Key } from './terminal/keys.js';

/** Which row of a log is on top of the page: its end while following, else where it was put. */
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
    // How many rows the key moves from somewhere in the middle.
    const reach = 10 * this.page;
    const moved = moveIndex(key, reach, 2 * reach + 1, this.page);
    if (moved === undefined) return undefined;
    return moveBy(this.range, this.first, moved - reach, this.rowCount);
  }
}

function later(one: LogPosition, other: LogPosition): boolean {
  return one.line > other.line || (one.line === other.line && one.row > other.row);
}
