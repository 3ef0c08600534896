import { Emitter } from '../core/event.js';
import { cardLines } from './card.js';
import type { Size } from './layout.js';
import { join, type Markup, spaces, style, type Text } from './markup.js';
import { moveIndex, scrollThumb, scrollTo } from './scroll.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';

export interface CardRow {
  /** Stays whole as long as the card is wide enough for it. */
  readonly left: Text;
  /** Several: the first that there is room for beside `left`, longest first; the last is cut. */
  readonly right?: Text | readonly Text[];
}

export interface Card {
  readonly id: string;
  readonly title: Text;
  /** Two, as a rule; all cards get as many as the largest one has. */
  readonly rows: readonly CardRow[];
  /** The whole card is muted, and can still be chosen. */
  readonly muted?: boolean;
}

export interface CardGridData {
  readonly cards: readonly Card[];
  /** Selected until the person moves; for "fastest so far". */
  readonly suggested?: string | undefined;
  readonly empty?: Text;
}

export interface CardGridOptions {
  /** Least width of a card, border included. */
  readonly cardWidth?: number;
}

const CARD_WIDTH = 22;
/** A card does not get wider than this, however few there are. */
const WIDEST = 1.5;

/** Cards in as many columns as fit. Arrows and hjkl move; the selection follows the id. */
export class CardGrid extends PaintedWidget {
  private readonly selectedEmitter = new Emitter<string>();
  private readonly activated = new Emitter<string>();
  private data: CardGridData = { cards: [] };
  private current: string | undefined;
  private hasMoved = false;
  private perRow = 1;
  private visibleRows = 1;
  private top = 0;

  /** Moved by the person. */
  readonly onSelect = this.selectedEmitter.event;
  /** Enter or Space. */
  readonly onActivate = this.activated.event;

  constructor(
    terminal: Terminal,
    private readonly options: CardGridOptions = {},
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return this.data.cards.length > 0;
  }

  get selected(): string | undefined {
    return this.current;
  }

  /** Whether the person has moved; from then on `suggested` changes nothing. */
  get moved(): boolean {
    return this.hasMoved;
  }

  set(data: CardGridData): void {
    this.data = data;
    const has = (id: string | undefined): boolean => data.cards.some((card) => card.id === id);
    if (!this.hasMoved && has(data.suggested)) this.current = data.suggested;
    if (!has(this.current)) this.current = data.cards[0]?.id;
    this.surface.invalidate();
  }

  /** Selects as if the person had. */
  select(id: string): void {
    if (!this.data.cards.some((card) => card.id === id)) return;
    this.current = id;
    this.hasMoved = true;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    if (key === 'enter' || key === 'space') {
      if (this.current === undefined) return false;
      this.activated.fire(this.current);
      return true;
    }
    const target = this.target(key);
    if (target === undefined) return false;
    const id = this.data.cards[target]?.id;
    if (id === undefined) return true;
    const before = this.current;
    this.select(id);
    if (id !== before) this.selectedEmitter.fire(id);
    return true;
  }

  override dispose(): void {
    this.selectedEmitter.dispose();
    this.activated.dispose();
    super.dispose();
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const { cards, empty = '' } = this.data;
    if (cards.length === 0) return [style('muted', join([' ', empty]))];
    const least = this.options.cardWidth ?? CARD_WIDTH;
    const room = width - 1;
    this.perRow = Math.max(1, Math.floor(room / least));
    const cardWidth = Math.min(Math.floor(room / this.perRow), Math.floor(least * WIDEST), room);
    const rowsInside = Math.max(...cards.map(({ rows }) => rows.length));
    const cardHeight = rowsInside + 2;
    const total = Math.ceil(cards.length / this.perRow);
    this.visibleRows = Math.max(1, Math.floor(height / cardHeight));
    this.top = scrollTo(this.rowOf(this.index), this.top, this.visibleRows, total);
    const thumb = scrollThumb(this.top, this.visibleRows, total);
    const lines = Array.from({ length: Math.min(this.visibleRows, total - this.top) }, (_, row) =>
      this.cardRow(this.top + row, { width: cardWidth, height: cardHeight }),
    ).flat();
    if (thumb === undefined) return lines;
    return lines.map((line, index) => {
      const bar = thumb(Math.floor(index / cardHeight)) ? '┃' : '│';
      const missing = Math.max(0, room - this.perRow * cardWidth);
      return join([line, spaces(missing), style('muted', bar)]);
    });
  }

  private cardRow(row: number, size: Size): Markup[] {
    const cards = this.data.cards.slice(row * this.perRow, (row + 1) * this.perRow);
    const drawn = cards.map((card) =>
      cardLines(card, size, { selected: card.id === this.current, focused: this.focused }),
    );
    const blank = spaces(size.width * (this.perRow - cards.length));
    return Array.from({ length: size.height }, (_, line) =>
      join([...drawn.map((lines) => lines[line] ?? spaces(size.width)), blank]),
    );
  }

  private get index(): number {
    return Math.max(
      0,
      this.data.cards.findIndex(({ id }) => id === this.current),
    );
  }

  private rowOf(index: number): number {
    return Math.floor(index / this.perRow);
  }

  private target(key: Key): number | undefined {
    const { index } = this;
    const last = this.data.cards.length - 1;
    if (key === 'left' || key === 'h') return Math.max(0, index - 1);
    if (key === 'right' || key === 'l') return Math.min(last, index + 1);
    if (key === 'home' || key === 'g') return 0;
    if (key === 'end' || key === 'G') return last;
    const rows = this.rowOf(last) + 1;
    const row = moveIndex(key, this.rowOf(index), rows, this.visibleRows);
    if (row === undefined) return undefined;
    // Into a shorter last row: its last card. Already there: stay.
    return row === this.rowOf(index)
      ? index
      : Math.min(last, row * this.perRow + (index % this.perRow));
  }
}
