import { Emitter } from '../core/event.js';
import type { Size } from './layout.js';
import { LogBuffer, type LogLine, LogSearch } from './log-buffer.js';
import { type LogPosition, LogScroll, scrollThumb, withBar } from './scroll.js';
import {
  join,
  type Markup,
  slice,
  spaces,
  style,
  type Text,
  toMarkup,
  truncate,
  width,
} from './markup.js';
import { QueryLine } from './line-editor.js';
import type { Press } from './pointer.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

/** Settings for turning lines of a log into rows of the screen. */
interface LogShape {
  /** Columns for the text. */
  readonly room: number;
  /** Wrapped; cut at the right otherwise. */
  readonly wrapping: boolean;
  /** Columns that are cut at the left. */
  readonly shift: number;
}

export type { LogLine } from './log-buffer.js';

export interface LogState {
  readonly follow: boolean;
  readonly wrap: boolean;
  /** Search text; '' without a search. */
  readonly search: string;
  readonly matches: number;
  readonly lines: number;
  /** Number of the last line in view, from 1; undefined while all lines are. */
  readonly at: number | undefined;
}

export interface LogViewOptions {
  readonly capacity?: number;
  readonly empty?: Text;
  /** From the start; cut when left out. */
  readonly wrap?: boolean;
  /** Its last column is the border of the panel around it. */
  readonly onBorder?: boolean;
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
  private toldPlace: number | undefined;

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
      at: this.lineInView(),
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

  /** Brings the last line that stands for a failure into view; false where there is none. */
  showFailure(): boolean {
    for (let line = this.buffer.end - 1; line >= this.buffer.start; line -= 1) {
      if (this.buffer.at(line)?.isFailure !== true) continue;
      this.position.show(line);
      this.changed();
      return true;
    }
    return false;
  }

  /** Brings the last line into view, without following what comes after it. */
  showEnd(): void {
    this.position.showEnd();
    this.changed();
  }

  startSearch(): void {
    this.query.start();
    this.query.value = '';
    this.surface.invalidate();
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

  override handlePress({ target }: Press): Key | undefined {
    if (this.query.press(target)) this.surface.invalidate();
    return undefined;
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
    const { onBorder = false } = this.options;
    this.columns = onBorder ? width - 1 : width;
    this.position.settle(page);
    this.tellPlace();
    const { lines, numbers } = rowsInView(
      this.buffer,
      this.search,
      this.position.top,
      this.shape,
      page,
    );
    this.buffer.hold(this.position.following ? [] : numbers);
    if (this.buffer.size === 0) lines.push(style('muted', join([' ', this.options.empty ?? ''])));
    while (lines.length < page) lines.push(join([]));
    const rows = bar ? [...lines, this.searchLine(this.columns)] : lines;
    return withBar(rows, this.thumb(page), { width, onBorder, focused: this.focused });
  }

  private lineInView(): number | undefined {
    const { top, bottom } = this.position;
    const { start, end } = this.buffer;
    const isWhole = top.line <= start && top.row === 0 && bottom >= end - 1;
    return isWhole ? undefined : Math.max(1, bottom + 1 - start);
  }

  /** The size of the page is known here only: what depends on it is told once the frame is drawn. */
  private tellPlace(): void {
    const place = this.position.following ? undefined : this.lineInView();
    if (place === this.toldPlace) return;
    this.toldPlace = place;
    queueMicrotask(() => this.stateChanged.fire(this.state));
  }

  /** Counts lines rather than rows: wrapping them all would cost too much. */
  private thumb(page: number): ReturnType<typeof scrollThumb> {
    const { start, size } = this.buffer;
    const { top, bottom } = this.position;
    const first = Math.max(0, top.line - start);
    const inView = Math.max(1, bottom + 1 - start - first);
    const rows = page / inView;
    return scrollThumb(Math.round(first * rows), page, Math.round(size * rows));
  }

  private get shape(): LogShape {
    return { room: this.columns - 2, wrapping: this.wrapping, shift: this.shift };
  }

  private rowsOf(at: number): number {
    return this.wrapping
      ? logRows(logLine(this.buffer.at(at)), this.shape, indentOf(this.buffer.at(at))).length
      : 1;
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
    if (!this.position.handleKey(key)) return false;
    this.changed();
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

/** A page of rows from the one on top on, with what is searched for marked. */
function rowsInView(
  buffer: LogBuffer,
  search: LogSearch,
  top: LogPosition,
  shape: LogShape,
  page: number,
): { readonly lines: Markup[]; readonly numbers: readonly number[] } {
  const shown: Markup[] = [];
  const numbers: number[] = [];
  for (let at = top.line; at < buffer.end && shown.length < page; at += 1) {
    // After a page that was held come the lines that are still there.
    if (at < buffer.start && !buffer.isHeld(at)) at = buffer.start;
    const marked = search.mark(logLine(buffer.at(at)), at);
    const rows = logRows(marked, shape, indentOf(buffer.at(at)));
    shown.push(...rows.slice(at === top.line ? top.row : 0));
    numbers.push(at);
  }
  return { lines: shown.slice(0, page).map((line) => join([' ', line])), numbers };
}

/** Columns of the time before the text: the rows of a long line begin below its text. */
function indentOf(line: LogLine | undefined): number {
  return line?.time === undefined ? 0 : width(line.time) + 1;
}

/** A line with its time. */
function logLine(line: LogLine | undefined): Markup {
  if (line === undefined) return join([]);
  const body = line.style === undefined ? toMarkup(line.text) : style(line.style, line.text);
  return line.time === undefined ? body : join([style('muted', line.time), ' ', body]);
}

/** The rows of a line; one at least. */
function logRows(
  line: Markup,
  { room, wrapping, shift }: LogShape,
  indent: number,
): readonly Markup[] {
  if (!wrapping) return [truncate(slice(line, shift, Infinity), room)];
  const isNarrow = room < 3 * indent;
  const rows = isNarrow ? wrap(line, room) : wrap(slice(line, indent, Infinity), room - indent);
  if (isNarrow || indent === 0) return rows.length === 0 ? [join([])] : rows;
  const time = slice(line, 0, indent);
  return [time, ...rows.slice(1).map(() => spaces(indent))].map((before, index) =>
    join([before, rows[index] ?? '']),
  );
}
