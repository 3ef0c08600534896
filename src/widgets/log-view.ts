import { Emitter } from '../core/event.js';
import type { Size } from './layout.js';
import { LogBuffer, type LogLine } from './log-buffer.js';
import { logLine, logRows, type LogShape, rowsInView } from './log-rows.js';
import { LogScroll } from './log-scroll.js';
import { LogSearch } from './log-search.js';
import { join, type Markup, style, type Text } from './markup.js';
import { QueryLine } from './query-line.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';

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
  /** From the start; cut when left out. */
  readonly wrap?: boolean;
}

const CAPACITY = 10_000;
/** Columns that left and right move lines that are too long. */
const SIDE_STEP = 8;

/** The last lines of a log. f follow, w wrap, / search, n N next and previous match. */
export class LogView extends PaintedWidget {
  private readonly stateChanged = new Emitter<LogState>();
  private readonly query = new QueryLine();
  private readonly buffer: LogBuffer;
  private readonly search: LogSearch;
  private readonly position: LogScroll;
  private wrapping: boolean;
  private shift = 0;
  private columns = 1;

  /** Follow, wrap or search changed, by key or by method. */
  readonly onState = this.stateChanged.event;

  constructor(
    terminal: Terminal,
    private readonly options: LogViewOptions = {},
  ) {
    super(terminal);
    this.wrapping = options.wrap ?? false;
    this.buffer = new LogBuffer(options.capacity ?? CAPACITY);
    this.search = new LogSearch(this.buffer);
    this.position = new LogScroll(this.buffer, (line) => this.rowsOf(line));
  }

  override get focusable(): boolean {
    return true;
  }

  get typing(): boolean {
    return this.query.isOpen;
  }

  get state(): LogState {
    return {
      follow: this.position.following,
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
    this.surface.invalidate();
  }

  setFollow(follow: boolean): void {
    this.position.following = follow;
    this.changed();
  }

  setWrap(wrapping: boolean): void {
    this.wrapping = wrapping;
    this.shift = 0;
    this.position.rewrap();
    this.changed();
  }

  startSearch(): void {
    this.query.start();
    this.query.value = '';
    this.surface.invalidate();
  }

  /** All lines as plain text, for saving. */
  contents(): string[] {
    return this.buffer.contents();
  }

  override handleKey(key: Key): boolean {
    if (this.query.isOpen) return this.handleSearchKey(key);
    if (key === 'f') this.setFollow(!this.position.following);
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
    if (!this.query.isOpen) return false;
    this.query.paste(pasted);
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.stateChanged.dispose();
    super.dispose();
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const bar = this.query.isOpen || this.search.query !== '';
    const page = Math.max(1, height - (bar ? 1 : 0));
    this.columns = width;
    this.position.settle(page);
    const lines = rowsInView(this.buffer, this.search, this.position.top, this.shape, page);
    if (this.buffer.size === 0) lines.push(style('muted', join([' ', this.options.empty ?? ''])));
    while (lines.length < page) lines.push(join([]));
    return bar ? [...lines, this.searchLine(width)] : lines;
  }

  private get shape(): LogShape {
    return { room: this.columns - 2, wrapping: this.wrapping, shift: this.shift };
  }

  private rowsOf(at: number): number {
    return this.wrapping ? logRows(logLine(this.buffer.at(at)), this.shape).length : 1;
  }

  private searchLine(columns: number): Markup {
    return this.query.line(columns, this.focused, this.search.note());
  }

  private handleSearchKey(key: Key): boolean {
    const result = this.query.handleKey(key);
    if (result === 'ignored') return false;
    if (result === 'kept') {
      this.setSearch(this.query.value);
      this.jump(1);
    } else if (result === 'dropped') this.setSearch('');
    this.surface.invalidate();
    return true;
  }

  private setSearch(query: string): void {
    this.query.value = query;
    // From the line on top of the screen on, not from the beginning of the log.
    this.search.start(query, this.position.top.line);
    this.changed();
  }

  private jump(step: 1 | -1): void {
    const line = this.search.move(step);
    if (line === undefined) return;
    this.position.show(line);
    this.changed();
  }

  private scroll(key: Key): boolean {
    const followed = this.position.following;
    if (!this.position.handleKey(key)) return false;
    this.surface.invalidate();
    if (followed !== this.position.following) this.changed();
    return true;
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
