import { Emitter } from '../core/event.js';
import { LineEditor } from './line-editor.js';
import type { Size } from './layout.js';
import { LogBuffer, type LogLine } from './log-buffer.js';
import { LogSearch } from './log-search.js';
import { firstOfPage, type LogPosition, moveBy, type RowCount } from './log-window.js';
import { join, type Markup, slice, style, type Text, toMarkup, truncate } from './markup.js';
import { moveIndex } from './scroll.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './wrap.js';

export type { LogLine } from './log-buffer.js';

export interface LogState {
  readonly follow: boolean;
  readonly wrap: boolean;
  /** What is searched for; '' when nothing is. */
  readonly search: string;
  readonly matches: number;
  readonly lines: number;
}

export interface LogViewOptions {
  readonly capacity?: number;
  readonly empty?: Text;
}

const CAPACITY = 10_000;
/** Columns that left and right move lines that are too long. */
const SIDE_STEP = 8;

/** The last lines of a log. f follow, w wrap, / search, n N next and previous match. */
export class LogView extends PaintedWidget {
  private readonly stateChanged = new Emitter<LogState>();
  private readonly editor = new LineEditor();
  private readonly buffer: LogBuffer;
  private readonly search: LogSearch;
  private following = true;
  private wrapping = false;
  private editing = false;
  /** First row shown; while following it is set by each painting. */
  private first: LogPosition = { line: 0, row: 0 };
  private shift = 0;
  private page = 1;
  private columns = 1;

  /** Follow, wrap or search changed, by key or by method. */
  readonly onState = this.stateChanged.event;

  constructor(
    terminal: Terminal,
    private readonly options: LogViewOptions = {},
  ) {
    super(terminal);
    this.buffer = new LogBuffer(options.capacity ?? CAPACITY);
    this.search = new LogSearch(this.buffer);
  }

  override get focusable(): boolean {
    return true;
  }

  get state(): LogState {
    return {
      follow: this.following,
      wrap: this.wrapping,
      search: this.search.query,
      matches: this.search.count(),
      lines: this.buffer.size,
    };
  }

  append(lines: readonly LogLine[]): void {
    if (lines.length === 0) return;
    this.buffer.append(lines);
    this.surface.invalidate();
  }

  clear(): void {
    this.buffer.clear();
    this.first = { line: this.buffer.start, row: 0 };
    this.surface.invalidate();
  }

  setFollow(follow: boolean): void {
    this.following = follow;
    this.changed();
  }

  setWrap(wrapping: boolean): void {
    this.wrapping = wrapping;
    this.shift = 0;
    this.first = { line: this.first.line, row: 0 };
    this.changed();
  }

  startSearch(): void {
    this.editing = true;
    this.editor.value = '';
    this.surface.invalidate();
  }

  /** All lines as plain text, for saving. */
  contents(): string[] {
    return this.buffer.contents();
  }

  override handleKey(key: Key): boolean {
    if (this.editing) return this.handleSearchKey(key);
    if (key === 'f') this.setFollow(!this.following);
    else if (key === 'w') this.setWrap(!this.wrapping);
    else if (key === '/') this.startSearch();
    else if (key === 'n' || key === 'N') this.jump(key === 'n' ? 1 : -1);
    else if (key === 'escape' && this.search.query !== '') this.setSearch('');
    else if (key === 'left' || key === 'h') this.moveSideways(-SIDE_STEP);
    else if (key === 'right' || key === 'l') this.moveSideways(SIDE_STEP);
    else return this.scroll(key);
    return true;
  }

  override handlePaste(pasted: string): boolean {
    if (!this.editing) return false;
    this.editor.paste(pasted);
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.stateChanged.dispose();
    super.dispose();
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const bar = this.editing || this.search.query !== '';
    this.page = Math.max(1, height - (bar ? 1 : 0));
    this.columns = width;
    const earliest = { line: this.buffer.start, row: 0 };
    const latest = firstOfPage(this.buffer, this.page, this.rowCount);
    if (this.following || later(this.first, latest)) this.first = latest;
    if (later(earliest, this.first)) this.first = earliest;
    const lines = this.visibleRows(width);
    if (this.buffer.size === 0) lines.push(style('muted', join([' ', this.options.empty ?? ''])));
    while (lines.length < this.page) lines.push(join([]));
    return bar ? [...lines, this.searchLine(width)] : lines;
  }

  private visibleRows(columns: number): Markup[] {
    const shown: Markup[] = [];
    for (let at = this.first.line; at < this.buffer.end && shown.length < this.page; at += 1) {
      const marked = this.search.mark(this.lineOf(at), at);
      const room = columns - 2;
      const rows = this.wrapping
        ? wrap(marked, room)
        : [truncate(slice(marked, this.shift, Infinity), room)];
      const skipped = at === this.first.line ? this.first.row : 0;
      shown.push(...(rows.length === 0 ? [join([])] : rows).slice(skipped));
    }
    return shown.slice(0, this.page).map((row) => join([' ', row]));
  }

  private lineOf(at: number): Markup {
    const line = this.buffer.at(at);
    if (line === undefined) return join([]);
    const body = line.style === undefined ? toMarkup(line.text) : style(line.style, line.text);
    return line.time === undefined ? body : join([style('muted', line.time), ' ', body]);
  }

  private readonly rowCount: RowCount = (at) =>
    this.wrapping ? Math.max(1, wrap(this.lineOf(at), this.columns - 2).length) : 1;

  private searchLine(columns: number): Markup {
    const { current, total } = this.search.position();
    const found = this.search.query === '' ? '' : total === 0 ? 'no match' : `${current}/${total}`;
    const query = this.editor.render(Math.max(1, columns - 16), this.editing && this.focused);
    return join([style('accent', ' /'), query, '  ', style('muted', found)]);
  }

  private handleSearchKey(key: Key): boolean {
    if (key === 'enter') {
      this.editing = false;
      this.setSearch(this.editor.value);
      this.jump(1);
    } else if (key === 'escape') {
      this.editing = false;
      this.setSearch('');
    } else if (this.editor.handleKey(key) === 'ignored') return false;
    this.surface.invalidate();
    return true;
  }

  private setSearch(query: string): void {
    this.editor.value = query;
    // From the line on top of the screen on, not from the beginning of the log.
    this.search.start(query, this.first.line);
    this.changed();
  }

  private jump(step: 1 | -1): void {
    const line = this.search.move(step);
    if (line === undefined) return;
    this.following = false;
    const above = Math.floor(this.page / 3);
    this.first = moveBy(this.buffer, { line, row: 0 }, -above, this.rowCount);
    this.changed();
  }

  private scroll(key: Key): boolean {
    const latest = firstOfPage(this.buffer, this.page, this.rowCount);
    const target = this.target(key, latest);
    if (target === undefined) return false;
    const down = !later(this.first, target);
    this.first = target;
    const followed = this.following;
    // Reaching the end by going down means to follow again.
    this.following = down && !later(latest, target);
    this.surface.invalidate();
    if (followed !== this.following) this.changed();
    return true;
  }

  private target(key: Key, latest: LogPosition): LogPosition | undefined {
    if (key === 'g' || key === 'home') return { line: this.buffer.start, row: 0 };
    if (key === 'G' || key === 'end') return latest;
    // How many rows the key moves from somewhere in the middle.
    const reach = 10 * this.page;
    const moved = moveIndex(key, reach, 2 * reach + 1, this.page);
    if (moved === undefined) return undefined;
    return moveBy(this.buffer, this.first, moved - reach, this.rowCount);
  }

  private moveSideways(by: number): void {
    if (this.wrapping) return;
    this.shift = Math.max(0, this.shift + by);
    this.surface.invalidate();
  }

  private changed(): void {
    this.surface.invalidate();
    this.stateChanged.fire(this.state);
  }
}

function later(one: LogPosition, other: LogPosition): boolean {
  return one.line > other.line || (one.line === other.line && one.row > other.row);
}
