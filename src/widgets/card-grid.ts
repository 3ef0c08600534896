import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
export interface CardRow {
  readonly left: Text;
  readonly right?: Text;
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
/** Cards in as many columns as fit. Arrows and hjkl move; the selection follows the id when cards are sorted again. */
export declare class CardGrid implements Widget {
  constructor(terminal: Terminal, options?: { readonly cardWidth?: number });
  /** Moved by the person. */
  readonly onSelect: Event<string>;
  readonly onActivate: Event<string>;
  readonly selected: string | undefined;
  /** Whether the person has moved; from then on `suggested` changes nothing. */
  readonly moved: boolean;
  set(data: CardGridData): void;
  select(id: string): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
