import { grouped } from '../core/clean.js';
import { Emitter } from '../core/event.js';
import { type Column, type ColumnPlace, listRow, placeColumns, widestCells } from './columns.js';
import type { Size } from './layout.js';
import { glyph, join, type Markup, plain, style, target, type Text } from './markup.js';
import type { Press } from './pointer.js';
import { QueryLine } from './line-editor.js';
import { moveIndex, scrollThumb, scrollTo, withBar } from './scroll.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';

export interface ListRow {
  readonly id: string;
  /** One a column. When there are fewer than columns, the last one runs on to the end of the row. */
  readonly cells: readonly Text[];
  readonly style?: StyleName;
  /** Text beyond the cells that a filter finds. */
  readonly facts?: string;
}

export interface ListData {
  readonly columns: readonly Column[];
  readonly rows: readonly ListRow[];
  /** Column titles on top. */
  readonly header?: boolean;
  /** Column that the rows are sorted by, by its place: its title says so. */
  readonly sorted?: { readonly column: number; readonly descending: boolean } | undefined;
  /** Space marks rows; without it, it activates like Enter. */
  readonly marking?: boolean;
  /** Instead of rows when there are none. */
  readonly empty?: Text;
}

export type { Column } from './columns.js';

/** Place of the cursor among the rows that are shown, from 1; 0 while there are none. */
export interface ListPosition {
  readonly at: number;
  readonly shown: number;
  readonly total: number;
}

export interface ListOptions {
  /** Its last column is the border of the panel around it. */
  readonly onBorder?: boolean;
}

const NOTHING: ListData = { columns: [], rows: [] };

/**
 * Rows of columns. Selection and marks follow the id, not the place. `/` filters by words, all of which a row must
 * hold; a row that is hidden is neither selected nor counted among the marked ones.
 */
export class List extends PaintedWidget {
  private readonly selectedEmitter = new Emitter<string | undefined>();
  private readonly activated = new Emitter<string>();
  private readonly changed = new Emitter<void>();
  private readonly headerPressed = new Emitter<number>();
  private readonly query = new QueryLine();
  private data = NOTHING;
  private columns: readonly Column[] = [];
  private widest: readonly number[] = [];
  /** The rows that the filter leaves. */
  private rows: readonly ListRow[] = [];
  private index = 0;
  private current: string | undefined;
  private marks: ReadonlySet<string> = new Set();
  /** Value of `current` last announced to listeners. */
  private announced: string | undefined;
  /** Cursor, rows and marks last announced to listeners. */
  private told = '';
  private top = 0;
  private page = 1;
  /** The rows in view as they were drawn last, and what decided all of them. */
  private drawn: ReadonlyMap<ListRow, Drawn> = new Map();
  private shape: Shape | undefined;
  /** False until the first key: the cursor of a sorted list stays on top while its first values come in. */
  private touched = false;

  /** The cursor is on another row (or none), by a key or because rows went. Not fired by `select`. */
  readonly onSelect = this.selectedEmitter.event;
  /** The cursor, the rows that are shown or the marked ones are others than before. */
  readonly onChange = this.changed.event;
  /** Enter, or Space in a list without marks. */
  readonly onActivate = this.activated.event;

  /** A click on the title of a column, by its place. */
  readonly onHeader = this.headerPressed.event;

  constructor(
    terminal: Terminal,
    private readonly options: ListOptions = {},
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return true;
  }

  get typing(): boolean {
    return this.query.isOpen;
  }

  get selected(): string | undefined {
    return this.current;
  }

  /** Text typed after `/`; '' without a filter. */
  get filter(): string {
    return this.query.value;
  }

  get position(): ListPosition {
    const { length } = this.rows;
    return { at: Math.min(this.index + 1, length), shown: length, total: this.data.rows.length };
  }

  /** Ids of the marked rows that are shown, in their order. */
  get marked(): readonly string[] {
    if (this.marks.size === 0) return NO_MARKS;
    return this.rows.flatMap(({ id }) => (this.marks.has(id) ? [id] : []));
  }

  set(data: ListData): void {
    if (data === this.data) return;
    this.data = data;
    this.columns = withArrow(data.columns, data.sorted);
    this.keepMarks();
    this.widest = widestCells(
      this.columns,
      data.rows.map(({ cells }) => cells),
      data.header === true,
    );
    this.narrow();
  }

  select(id: string): void {
    this.touched = true;
    const index = this.rows.findIndex((row) => row.id === id);
    if (index < 0) return;
    this.index = index;
    this.current = id;
    this.announced = id;
    this.surface.invalidate();
  }

  /**
   * Begins to filter, like `/`: following keys edit the filter until Enter (keep) or Esc (drop).
   */
  startFilter(): void {
    this.query.start();
    this.surface.invalidate();
  }

  /** Marks every row that is shown; unmarks them when all are marked. */
  markShown(): void {
    const { marked } = this;
    const ids = this.rows.map(({ id }) => id);
    const isAll = marked.length === ids.length;
    const rest = [...this.marks].filter((id) => !marked.includes(id));
    this.setMarks(isAll ? rest : [...rest, ...ids]);
  }

  override handleKey(key: Key): boolean {
    this.touched = true;
    if (this.query.isOpen) return this.handleFilterKey(key);
    const moved = moveIndex(key, this.index, this.rows.length, this.page);
    if (moved !== undefined) this.moveTo(moved);
    else if (key === 'space' && this.data.marking === true) this.toggleMark();
    else if (key === 'enter' || key === 'space') {
      if (this.current === undefined) return false;
      this.activated.fire(this.current);
    } else if (key === '/') this.startFilter();
    else if (key === 'escape' && this.filter !== '') this.setFilter('');
    else if (key === 'escape' && this.marks.size > 0) this.setMarks([]);
    else return false;
    return true;
  }

  /** A click moves the cursor, a double one is Enter. */
  override handlePress({ target: name, isDouble }: Press): Key | undefined {
    if (this.query.press(name)) this.surface.invalidate();
    const [kind, id] = partsOf(name);
    if (kind === 'column') this.headerPressed.fire(Number(id));
    const index = kind === 'row' ? this.rows.findIndex((row) => row.id === id) : -1;
    if (index < 0) return undefined;
    this.touched = true;
    this.moveTo(index);
    return isDouble ? 'enter' : undefined;
  }

  override handlePaste(pasted: string): boolean {
    if (!this.query.isOpen) return false;
    if (this.query.paste(pasted)) this.narrow();
    return true;
  }

  override dispose(): void {
    this.selectedEmitter.dispose();
    this.activated.dispose();
    this.changed.dispose();
    this.headerPressed.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const { header, empty } = this.data;
    const { columns } = this;
    const bar = this.query.isOpen || this.filter !== '';
    const visible = size.height - (header === true ? 1 : 0) - (bar ? 1 : 0);
    this.page = Math.max(1, visible);
    this.top = scrollTo(this.index, this.top, this.page, this.rows.length);
    const thumb = scrollThumb(this.top, visible, this.rows.length);
    const { onBorder = false } = this.options;
    const width = onBorder ? size.width - 1 : size.width;
    const room = Math.max(0, width - ROW_MARGIN);
    const places = placeColumns(columns, this.widest, room);
    const look = { width: size.width, onBorder, focused: this.focused };
    const rest: Markup[] = [];
    if (this.rows.length === 0) {
      const nothing = this.filter === '' ? (empty ?? '') : `nothing matches “${this.filter}”`;
      rest.push(style('muted', join(['  ', nothing])));
    }
    const lines = this.lines(Math.max(0, visible), { columns, places, room, thumb, look });
    while (lines.length + rest.length < visible) rest.push(join([]));
    const head =
      header === true ? [this.header(listRow(titles(columns), columns, places, room))] : [];
    return [
      ...withBar(head, undefined, look),
      ...lines,
      ...withBar(rest.slice(0, Math.max(0, visible)), undefined, look),
      ...withBar(bar ? [this.filterLine(width)] : [], undefined, look),
    ];
  }

  /** The rows in view: of those that look as in the last frame the same objects. */
  private lines(visible: number, shape: Shape): readonly Markup[] {
    const before = isSameShape(this.shape, shape) ? this.drawn : new Map<ListRow, Drawn>();
    this.shape = shape;
    const rows = this.rows.slice(this.top, this.top + visible);
    const drawn = rows.map((row, index): Drawn => {
      const current = row.id === this.current;
      const marked = this.marks.has(row.id);
      const hasThumb = shape.thumb?.(index);
      const last = before.get(row);
      const isSame =
        last?.current === current && last.marked === marked && last.hasThumb === hasThumb;
      return isSame
        ? last
        : { current, marked, hasThumb, line: drawRow(row, shape, { current, marked, hasThumb }) };
    });
    this.drawn = new Map(rows.map((row, index) => [row, drawn[index]!]));
    return drawn.map(({ line }) => line);
  }

  private header(cells: Markup): Markup {
    return style('muted', join(['  ', cells]));
  }

  private filterLine(columns: number): Markup {
    const count = `${grouped(this.rows.length)} of ${grouped(this.data.rows.length)}`;
    return this.query.line(columns, this.focused, count);
  }

  private handleFilterKey(key: Key): boolean {
    const isMove = ['up', 'down', 'pageup', 'pagedown'].includes(key);
    if (isMove) this.moveTo(moveIndex(key, this.index, this.rows.length, this.page) ?? this.index);
    else {
      const result = this.query.handleKey(key);
      if (result === 'ignored') return false;
      if (result === 'dropped') this.setFilter('');
      if (result === 'changed') this.narrow();
    }
    this.surface.invalidate();
    return true;
  }

  private setFilter(value: string): void {
    this.query.value = value;
    this.narrow();
  }

  /** Applies the filter and finds the selected row again, or its neighbour when it is gone. */
  private narrow(): void {
    const words = this.filter.toLowerCase().split(/\s+/).filter(Boolean);
    this.rows =
      words.length === 0
        ? this.data.rows
        : this.data.rows.filter((row) => words.every((word) => rowText(row).includes(word)));
    const wanted = this.touched || this.data.sorted === undefined ? this.current : undefined;
    const found = this.rows.findIndex(({ id }) => id === wanted);
    this.index = found >= 0 ? found : Math.max(0, Math.min(this.index, this.rows.length - 1));
    this.current = this.rows[this.index]?.id;
    this.surface.invalidate();
    // Later: whoever sets the rows is in the middle of showing something.
    queueMicrotask(() => this.announce());
  }

  /** Marks the current row, or takes its mark, and goes to the next: runs of rows are marked by one key. */
  private toggleMark(): void {
    const { current } = this;
    if (current === undefined) return;
    const others = [...this.marks].filter((id) => id !== current);
    this.setMarks(this.marks.has(current) ? others : [...others, current]);
    this.moveTo(Math.min(this.index + 1, this.rows.length - 1));
  }

  private setMarks(ids: readonly string[]): void {
    this.marks = new Set(ids);
    this.surface.invalidate();
    this.announce();
  }

  /** Drops the marks of rows that no longer exist. */
  private keepMarks(): void {
    if (this.marks.size === 0) return;
    const ids = new Set(this.data.rows.map(({ id }) => id));
    this.marks = new Set([...this.marks].filter((id) => ids.has(id)));
  }

  private moveTo(index: number): void {
    this.index = Math.max(0, index);
    this.current = this.rows[this.index]?.id;
    this.surface.invalidate();
    this.announce();
  }

  private announce(): void {
    const told = [this.current, this.index, this.rows.length, ...this.marked].join(' ');
    if (told !== this.told) {
      this.told = told;
      this.changed.fire();
    }
    if (this.current === this.announced) return;
    this.announced = this.current;
    this.selectedEmitter.fire(this.current);
  }
}

const NO_MARKS: readonly string[] = [];

/** Decides how every row is drawn. */
interface Shape {
  readonly columns: readonly Column[];
  readonly places: readonly ColumnPlace[];
  readonly room: number;
  readonly thumb: ReturnType<typeof scrollThumb>;
  readonly look: Parameters<typeof withBar>[2];
}

interface RowLook {
  readonly current: boolean;
  readonly marked: boolean;
  /** Undefined without a scroll bar. */
  readonly hasThumb: boolean | undefined;
}

interface Drawn extends RowLook {
  readonly line: Markup;
}

function isSameShape(one: Shape | undefined, { columns, places, room, look }: Shape): boolean {
  return (
    one?.columns === columns &&
    one.room === room &&
    one.look.width === look.width &&
    one.look.focused === look.focused &&
    one.places.length === places.length &&
    one.places.every(
      ({ index, width }, at) => index === places[at]!.index && width === places[at]!.width,
    )
  );
}

function drawRow(
  { id, cells, style: rowStyle }: ListRow,
  { columns, places, room, thumb, look }: Shape,
  { current, marked, hasThumb = false }: RowLook,
): Markup {
  const { focused } = look;
  const shown = listRow(cells, columns, places, room);
  const line = target(`row:${id}`, markedRow(shown, { style: rowStyle, current, marked, focused }));
  return withBar([line], thumb && (() => hasThumb), look)[0]!;
}

/** The columns with an arrow behind the title of the sorted one. */
function withArrow(columns: readonly Column[], sorted: ListData['sorted']): readonly Column[] {
  if (sorted === undefined) return columns;
  const arrow = sorted.descending ? '↓' : '↑';
  return columns.map((column, index) =>
    index === sorted.column ? { ...column, title: `${column.title ?? ''}${arrow}` } : column,
  );
}

function titles(columns: readonly Column[]): Markup[] {
  return columns.map(({ title }, index) => target(`column:${index}`, title ?? ''));
}

/** `row:` and its id, `column:` and its place. */
function partsOf(name = ''): [kind: string, id: string] {
  const colon = name.indexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

/** Texts of rows that were filtered before: each letter of a filter goes over all of them. */
const texts = new WeakMap<ListRow, string>();

/** Text of a row that filters match against. */
function rowText(row: ListRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const words = [...row.cells.map(plain), row.facts ?? ''].join(' ').toLowerCase();
  texts.set(row, words);
  return words;
}

/** Pointer and mark on the left, a blank or the scroll bar on the right of a row. */
const ROW_MARGIN = 3;

/** A row as it stands in the list: with its mark, and the pointer when the cursor is on it. */
function markedRow(
  cells: Markup,
  row: {
    readonly style: StyleName | undefined;
    readonly current: boolean;
    readonly marked: boolean;
    readonly focused: boolean;
  },
): Markup {
  const styled = row.style === undefined ? cells : style(row.style, cells);
  const mark = row.marked ? glyph('chosen') : ' ';
  if (!row.current) return join([' ', mark, styled, ' ']);
  if (!row.focused) return join([style('muted', '›'), mark, style('strong', styled), ' ']);
  return join([style('selected', join([glyph('pointer'), mark, styled])), ' ']);
}
