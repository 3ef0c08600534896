import { Emitter } from '../core/event.js';
import { type Column, listRow, placeColumns, widestCells } from './columns.js';
import type { Size } from './layout.js';
import { glyph, join, type Markup, plain, style, type Text } from './markup.js';
import { QueryLine } from './line-editor.js';
import { moveIndex, scrollThumb, scrollTo } from './scroll.js';
import type { Key } from './terminal/keys.js';
import type { StyleName } from './theme.js';
import { PaintedWidget } from './widget.js';

export interface ListRow {
  readonly id: string;
  /** One a column. When there are fewer than columns, the last one runs on to the end of the row. */
  readonly cells: readonly Text[];
  readonly style?: StyleName;
}

export interface ListData {
  readonly columns: readonly Column[];
  readonly rows: readonly ListRow[];
  /** Column titles on top. */
  readonly header?: boolean;
  /** Instead of rows when there are none. */
  readonly empty?: Text;
}

export type { Column } from './columns.js';

const NOTHING: ListData = { columns: [], rows: [] };

/** Rows of columns. The selection follows the id, not the place. `/` filters by the rows' text. */
export class List extends PaintedWidget {
  private readonly selectedEmitter = new Emitter<string | undefined>();
  private readonly activated = new Emitter<string>();
  private readonly query = new QueryLine();
  private data = NOTHING;
  private widest: readonly number[] = [];
  /** The rows that the filter leaves. */
  private rows: readonly ListRow[] = [];
  private index = 0;
  private current: string | undefined;
  /** Value of `current` last announced to listeners. */
  private announced: string | undefined;
  private top = 0;
  private page = 1;

  /** The cursor is on another row (or none), by a key or because rows went. Not fired by `select`. */
  readonly onSelect = this.selectedEmitter.event;
  /** Enter or Space. */
  readonly onActivate = this.activated.event;

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

  set(data: ListData): void {
    if (data === this.data) return;
    this.data = data;
    this.widest = widestCells(
      data.columns,
      data.rows.map(({ cells }) => cells),
      data.header === true,
    );
    this.narrow();
  }

  select(id: string): void {
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

  override handleKey(key: Key): boolean {
    if (this.query.isOpen) return this.handleFilterKey(key);
    const moved = moveIndex(key, this.index, this.rows.length, this.page);
    if (moved !== undefined) this.moveTo(moved);
    else if (key === 'enter' || key === 'space') {
      if (this.current === undefined) return false;
      this.activated.fire(this.current);
    } else if (key === '/') this.startFilter();
    else if (key === 'escape' && this.filter !== '') this.setFilter('');
    else return false;
    return true;
  }

  override handlePaste(pasted: string): boolean {
    if (!this.query.isOpen) return false;
    if (this.query.paste(pasted)) this.narrow();
    return true;
  }

  override dispose(): void {
    this.selectedEmitter.dispose();
    this.activated.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const { columns, header, empty } = this.data;
    const bar = this.query.isOpen || this.filter !== '';
    const visible = size.height - (header === true ? 1 : 0) - (bar ? 1 : 0);
    this.page = Math.max(1, visible);
    this.top = scrollTo(this.index, this.top, this.page, this.rows.length);
    const thumb = scrollThumb(this.top, visible, this.rows.length);
    const room = Math.max(0, size.width - ROW_MARGIN);
    const places = placeColumns(columns, this.widest, room);
    const lines = this.rows
      .slice(this.top, this.top + Math.max(0, visible))
      .map((row, line) => this.line(row, listRow(row.cells, columns, places, room), thumb?.(line)));
    if (this.rows.length === 0) {
      const nothing = this.filter === '' ? (empty ?? '') : `nothing matches "${this.filter}"`;
      lines.push(style('muted', join(['  ', nothing])));
    }
    while (lines.length < visible) lines.push(join([]));
    return [
      ...(header === true ? [this.header(listRow(titles(columns), columns, places, room))] : []),
      ...lines.slice(0, Math.max(0, visible)),
      ...(bar ? [this.filterLine(size.width)] : []),
    ];
  }

  private line(row: ListRow, cells: Markup, thumb: boolean | undefined): Markup {
    const current = row.id === this.current;
    return markedRow(cells, { style: row.style, current, focused: this.focused, thumb });
  }

  private header(cells: Markup): Markup {
    return style('muted', join(['  ', cells]));
  }

  private filterLine(columns: number): Markup {
    const count = `${this.rows.length} of ${this.data.rows.length}`;
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
    const wanted = this.filter.toLowerCase();
    this.rows =
      wanted === ''
        ? this.data.rows
        : this.data.rows.filter((row) => rowText(row.cells).includes(wanted));
    const found = this.rows.findIndex(({ id }) => id === this.current);
    this.index = found >= 0 ? found : Math.max(0, Math.min(this.index, this.rows.length - 1));
    this.current = this.rows[this.index]?.id;
    this.surface.invalidate();
    // Later: whoever sets the rows is in the middle of showing something.
    queueMicrotask(() => this.announce());
  }

  private moveTo(index: number): void {
    this.index = Math.max(0, index);
    this.current = this.rows[this.index]?.id;
    this.surface.invalidate();
    this.announce();
  }

  private announce(): void {
    if (this.current === this.announced) return;
    this.announced = this.current;
    this.selectedEmitter.fire(this.current);
  }
}

function titles(columns: readonly Column[]): string[] {
  return columns.map(({ title }) => title ?? '');
}

/** Texts of rows that were filtered before: each letter of a filter goes over all of them. */
const texts = new WeakMap<readonly Text[], string>();

/** Text of a row that filters match against. */
function rowText(cells: readonly Text[]): string {
  const known = texts.get(cells);
  if (known !== undefined) return known;
  const words = cells.map(plain).join(' ').toLowerCase();
  texts.set(cells, words);
  return words;
}

/** Pointer and a space on the left, scroll bar on the right of a row. */
const ROW_MARGIN = 3;

/** A row as it stands in the list: with the pointer when the cursor is on it, and its part of the scroll bar. */
function markedRow(
  cells: Markup,
  row: {
    readonly style: StyleName | undefined;
    readonly current: boolean;
    readonly focused: boolean;
    /** Undefined where all rows fit. */
    readonly thumb: boolean | undefined;
  },
): Markup {
  const bar = row.thumb === undefined ? ' ' : style('muted', row.thumb ? '┃' : '│');
  const styled = row.style === undefined ? cells : style(row.style, cells);
  if (!row.current) return join(['  ', styled, bar]);
  if (!row.focused) return join([style('muted', '› '), style('strong', styled), bar]);
  return join([style('selected', join([glyph('pointer'), ' ', styled])), bar]);
}
