import { grouped } from '../core/clean.js';
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
import { QueryLine } from './line-editor.js';
import type { Press } from './pointer.js';
import { moveIndex, scrollThumb, scrollTo } from './scroll.js';
import { type Key, printable } from './terminal/keys.js';
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
  /** More rows, the most important first: as many as leave every card its place. */
  readonly details?: readonly CardRow[];
  /** Text beyond id and title that a search finds. */
  readonly facts?: string | undefined;
  /** The whole card is muted, and can still be chosen. */
  readonly muted?: boolean;
}

export interface CardGridData {
  readonly cards: readonly Card[];
  /** Selected until the person moves; for "fastest so far". */
  readonly suggested?: string | undefined;
  readonly empty?: Text;
  /** Word for a card where a search finds none. Default: `card`. */
  readonly noun?: string;
}

function perRowAt(columns: number, cards: number): number {
  return Math.max(1, Math.min(cards, Math.floor((columns - 1) / CARD_WIDTH)));
}

/** Letters that move as well. */
const MOVE_LETTERS = 'hjklgG';

/** Rows of a card and its details, border included. */
function heightsOf(cards: readonly Card[]): { readonly least: number; readonly details: number } {
  return {
    least: Math.max(...cards.map(({ rows }) => rows.length)) + BOX_MARGIN,
    details: Math.max(...cards.map(({ details = [] }) => details.length)),
  };
}

/** Height of each card: with as many details as leave all `lines` of cards their place. */
function cardHeightIn(height: number, lines: number, cards: readonly Card[]): number {
  const { least, details } = heightsOf(cards);
  return Math.max(least, Math.min(least + details, Math.floor(height / lines)));
}

/** Least width of a card, border included. */
const CARD_WIDTH = 22;
/** A card does not get wider than this, however few there are. */
const WIDEST = 1.5;

/**
 * Cards in as many columns as fit. Arrows and hjkl move; the selection follows the id. `/`, or a letter that a word of
 * a card begins with, searches: only what matches is shown until Enter (choose) or Esc (clear).
 */
export class CardGrid extends PaintedWidget {
  private readonly selectedEmitter = new Emitter<string>();
  private readonly activated = new Emitter<string>();
  private readonly query = new QueryLine();
  private data: CardGridData = { cards: [] };
  /** The cards that the search leaves. */
  private shown: readonly Card[] = [];
  private current: string | undefined;
  /** Moved by the person: from then on `suggested` changes nothing. */
  private hasMoved = false;
  private perRow = 1;
  private visibleRows = 1;
  private top = 0;
  /** The key before, where that was a letter that moves: with the next one it may begin a name. */
  private moveLetter = '';
  /** Letters that no name begins with are searched too, where the key has no command. */
  private spare = '';

  /** Moved by the person. */
  readonly onSelect = this.selectedEmitter.event;
  /** Enter or Space. */
  readonly onActivate = this.activated.event;

  override get focusable(): boolean {
    return this.data.cards.length > 0;
  }

  get typing(): boolean {
    return this.query.isOpen;
  }

  get selected(): string | undefined {
    return this.current;
  }

  set(data: CardGridData): void {
    this.data = data;
    const has = (id: string | undefined): boolean => data.cards.some((card) => card.id === id);
    if (!this.hasMoved && has(data.suggested)) this.current = data.suggested;
    if (!has(this.current)) this.current = data.cards[0]?.id;
    this.narrow();
  }

  /** Selects as if the person had. */
  select(id: string): void {
    if (!this.data.cards.some((card) => card.id === id)) return;
    this.current = id;
    this.hasMoved = true;
    this.surface.invalidate();
  }

  /** Rows that all cards take with the details there is room for, at most `height`. */
  rowsAt({ width, height }: Size): number {
    const { cards } = this.data;
    if (cards.length === 0) return 1;
    const lines = Math.ceil(cards.length / perRowAt(width, cards.length));
    const search = this.query.isOpen ? 1 : 0;
    return Math.min(height, lines * cardHeightIn(height - search, lines, cards) + search);
  }

  /** Rows that all cards take without their details. */
  leastRowsAt(width: number): number {
    const { cards } = this.data;
    if (cards.length === 0) return 1;
    return Math.ceil(cards.length / perRowAt(width, cards.length)) * heightsOf(cards).least;
  }

  override handleKey(key: Key): boolean {
    if (this.query.isOpen) return this.handleQueryKey(key);
    if (this.beginSearch(key)) return true;
    if (key === 'enter' || key === 'space') return this.activate();
    return this.move(key);
  }

  override handlePaste(pasted: string): boolean {
    if (!this.query.isOpen) return false;
    if (this.query.paste(pasted)) this.search();
    return true;
  }

  /** By `/`, or by a letter that a word begins with; of one that moves by the next letter: l, then o for London. */
  private beginSearch(key: Key): boolean {
    const before = this.moveLetter;
    this.moveLetter = MOVE_LETTERS.includes(key) ? key : '';
    this.spare = '';
    const letter = printable(key);
    if (letter === undefined || letter === ' ') return false;
    const start = key === '/' ? '' : before + letter;
    if (/^[a-z\d]+$/i.test(start)) this.spare = start;
    const isName = this.data.cards.some((card) => matches(card, start));
    if (!isName || (this.moveLetter !== '' && before === '')) return false;
    this.searchFor(start);
    return true;
  }

  handleSpareKey(): void {
    if (this.spare !== '') this.searchFor(this.spare);
  }

  private searchFor(start: string): void {
    this.query.start();
    this.query.value = start;
    this.moveLetter = '';
    this.spare = '';
    this.search();
  }

  private handleQueryKey(key: Key): boolean {
    if (key === 'enter') {
      // Without a match the key must not choose a hidden card.
      if (this.shown.length > 0) this.activate();
      return true;
    }
    if (MOVES_IN_SEARCH.includes(key)) return this.move(key);
    const result = this.query.handleKey(key);
    if (result === 'dropped') this.endSearch();
    if (result === 'changed') this.search();
    this.surface.invalidate();
    return result !== 'ignored';
  }

  /** Shows what matches; goes to the first of it unless the selected card is among it. */
  private search(): void {
    this.narrow();
    const [first] = this.shown;
    if (first !== undefined && !this.shown.some(({ id }) => id === this.current))
      this.goTo(first.id);
  }

  private endSearch(): void {
    if (this.query.isOpen) this.query.handleKey('escape');
    this.query.value = '';
    this.narrow();
  }

  private narrow(): void {
    const { cards } = this.data;
    const wanted = this.query.value.trim().toLowerCase();
    this.shown = wanted === '' ? cards : cards.filter((card) => matches(card, wanted));
    this.surface.invalidate();
  }

  private activate(): boolean {
    const { current } = this;
    if (current === undefined) return false;
    this.endSearch();
    this.activated.fire(current);
    return true;
  }

  private move(key: Key): boolean {
    const target = this.target(key);
    if (target === undefined) return false;
    const id = this.shown[target]?.id;
    if (id !== undefined) this.goTo(id);
    return true;
  }

  /** Selects, and says so where that is another card. */
  private goTo(id: string): void {
    const before = this.current;
    this.select(id);
    if (id !== before) this.selectedEmitter.fire(id);
  }

  /** A click selects, a double one is Enter. */
  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    if (this.query.press(id)) this.surface.invalidate();
    if (id === undefined || !this.shown.some((card) => card.id === id)) return undefined;
    this.goTo(id);
    return isDouble ? 'enter' : undefined;
  }

  override dispose(): void {
    this.selectedEmitter.dispose();
    this.activated.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    if (!this.query.isOpen) return this.cardLines(size);
    const height = size.height - 1;
    const lines = this.cardLines({ ...size, height }).slice(0, height);
    const count = `${grouped(this.shown.length)} of ${grouped(this.data.cards.length)}`;
    return [...lines, this.query.line(size.width, this.focused, count)];
  }

  private cardLines({ width, height }: Size): readonly Markup[] {
    const { shown } = this;
    const { cards, empty = '', noun = 'card' } = this.data;
    if (cards.length === 0) return [style('muted', join([' ', empty]))];
    if (shown.length === 0)
      return [style('muted', join([' ', `No ${noun} matches “${this.query.value}”.`]))];
    const room = width - 1;
    this.perRow = perRowAt(width, cards.length);
    const cardWidth = Math.min(
      Math.floor(room / this.perRow),
      Math.floor(CARD_WIDTH * WIDEST),
      room,
    );
    // A search changes no sizes: what stays must not jump.
    const cardHeight = cardHeightIn(height, Math.ceil(cards.length / this.perRow), cards);
    const total = Math.ceil(shown.length / this.perRow);
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
    const cards = this.shown.slice(row * this.perRow, (row + 1) * this.perRow);
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
      this.shown.findIndex(({ id }) => id === this.current),
    );
  }

  private rowOf(index: number): number {
    return Math.floor(index / this.perRow);
  }

  private target(key: Key): number | undefined {
    const { index } = this;
    const last = this.shown.length - 1;
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

const MOVES_IN_SEARCH: readonly Key[] = ['up', 'down', 'left', 'right', 'pageup', 'pagedown'];

/** True where a word of the card begins so; `start` in lower case. */
function matches({ id, title, facts = '' }: Card, start: string): boolean {
  return ` ${id} ${plain(title)} ${facts}`.toLowerCase().includes(` ${start}`);
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
  const rows = [...card.rows, ...(card.details ?? [])].map((row) =>
    rowLine(row, size.width - BOX_MARGIN),
  );
  return drawBox(
    size,
    { title, heavy: selected, style: selected && focused ? 'accent' : undefined },
    card.muted === true ? rows.map((row) => style('muted', row)) : rows,
  );
}

/** The right text is cut in favour of the left one, which says what the card is of. A blank stays at either border. */
function rowLine({ left, right }: CardRow, columns: number): Markup {
  const room = Math.max(0, columns - 2);
  const start = truncate(left, room);
  const gap = width(start) === 0 ? 0 : 1;
  const beside = Math.max(0, room - width(start) - gap);
  const end = truncate(firstFitting(right, beside) ?? '', beside);
  return join([' ', fit(start, room - width(end)), end, ' ']);
}
