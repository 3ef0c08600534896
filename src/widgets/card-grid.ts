import { Emitter } from '../core/event.js';
import { BOX_MARGIN, drawBox } from './panel.js';
import { firstFitting } from './paragraph.js';
import type { Size } from './layout.js';
import {
  fit,
  glyph,
  join,
  type Markup,
  plain,
  spaces,
  style,
  target,
  type Text,
  truncate,
  width,
} from './markup.js';
import type { Press } from './pointer.js';
import { moveIndex, scrollThumb, scrollTo } from './scroll.js';
import type { Key } from './terminal/keys.js';
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

function perRowAt(columns: number): number {
  return Math.max(1, Math.floor((columns - 1) / CARD_WIDTH));
}

/** Letters that move as well. */
const MOVE_LETTERS = 'hjklg';

function cardHeightOf(cards: readonly Card[]): number {
  return Math.max(...cards.map(({ rows }) => rows.length)) + BOX_MARGIN;
}

/** Least width of a card, border included. */
const CARD_WIDTH = 22;
/** A card does not get wider than this, however few there are. */
const WIDEST = 1.5;

/** Cards in as many columns as fit. Arrows and hjkl move; the selection follows the id. */
export class CardGrid extends PaintedWidget {
  private readonly selectedEmitter = new Emitter<string>();
  private readonly activated = new Emitter<string>();
  private data: CardGridData = { cards: [] };
  private current: string | undefined;
  /** Moved by the person: from then on `suggested` changes nothing. */
  private hasMoved = false;
  private perRow = 1;
  private visibleRows = 1;
  private top = 0;
  /** Letters typed so far of the start of a card's name. */
  private typed = '';

  /** Moved by the person. */
  readonly onSelect = this.selectedEmitter.event;
  /** Enter or Space. */
  readonly onActivate = this.activated.event;

  override get focusable(): boolean {
    return this.data.cards.length > 0;
  }

  get selected(): string | undefined {
    return this.current;
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

  /** Rows that all cards take, at most `height`. */
  rowsAt(size: Size): number {
    const { cards } = this.data;
    if (cards.length === 0) return 1;
    const rows = Math.ceil(cards.length / perRowAt(size.width));
    return Math.min(size.height, rows * cardHeightOf(cards));
  }

  /** Goes to the card whose id or title begins with the letters typed. */
  private typeAhead(key: Key): boolean {
    if (!/^[a-z0-9]$/.test(key)) {
      this.typed = '';
      return false;
    }
    const isMove = MOVE_LETTERS.includes(key);
    // A letter that moves begins a name only together with the next one: l, then o for London.
    const isName = !isMove || this.typed !== '';
    const found = isName ? this.find(this.typed + key) : undefined;
    const anew = found ?? (isMove ? undefined : this.find(key));
    if (found !== undefined) this.typed += key;
    else this.typed = isMove || anew !== undefined ? key : '';
    const target = found ?? anew;
    if (target === undefined) return false;
    if (target !== this.current) {
      this.select(target);
      this.selectedEmitter.fire(target);
    }
    return true;
  }

  private find(start: string): string | undefined {
    return this.data.cards.find(({ id, title }) =>
      [id, plain(title)].some((name) => name.toLowerCase().startsWith(start)),
    )?.id;
  }

  override handleKey(key: Key): boolean {
    if (this.typeAhead(key)) return true;
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

  /** A click selects, a double one is Enter. */
  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    if (id === undefined || !this.data.cards.some((card) => card.id === id)) return undefined;
    const before = this.current;
    this.select(id);
    if (id !== before) this.selectedEmitter.fire(id);
    return isDouble ? 'enter' : undefined;
  }

  override dispose(): void {
    this.selectedEmitter.dispose();
    this.activated.dispose();
    super.dispose();
  }

  protected override paint({ width, height }: Size): readonly Markup[] {
    const { cards, empty = '' } = this.data;
    if (cards.length === 0) return [style('muted', join([' ', empty]))];
    const room = width - 1;
    this.perRow = perRowAt(width);
    const cardWidth = Math.min(
      Math.floor(room / this.perRow),
      Math.floor(CARD_WIDTH * WIDEST),
      room,
    );
    const cardHeight = cardHeightOf(cards);
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
      cardLines(card, size, { selected: card.id === this.current, focused: this.focused }).map(
        (line) => target(card.id, line),
      ),
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

/** A card with its border. The selected one has thick lines and a pointer, not a colour only. */
export function cardLines(
  card: Card,
  size: Size,
  { selected, focused }: { readonly selected: boolean; readonly focused: boolean },
): Markup[] {
  const title = selected
    ? join([glyph('pointer'), ' ', style('strong', card.title)])
    : card.muted === true
      ? style('muted', card.title)
      : card.title;
  const rows = card.rows.map((row) => rowLine(row, size.width - BOX_MARGIN));
  return drawBox(
    size,
    { title, heavy: selected, style: selected && focused ? 'accent' : undefined },
    card.muted === true ? rows.map((row) => style('muted', row)) : rows,
  );
}

/** The right text is cut in favour of the left one, which says what the card is of. */
function rowLine({ left, right }: CardRow, columns: number): Markup {
  // The blank at the right end goes before the one between them does.
  const beside = Math.max(0, columns - 2 - width(left));
  const end = truncate(firstFitting(right, beside) ?? '', beside);
  const room = Math.max(0, Math.min(columns - 2 - width(end), columns - 3));
  const start = fit(left, room);
  const gap = width(left) < room || width(end) === 0 ? 0 : 1;
  return fit(join([' ', start, spaces(gap), end]), columns);
}
