import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
import type { StyleName } from './theme.js';
export interface Column {
  readonly title?: string;
  /** Cells; or 'content': the widest cell; or a share of what is left. */
  readonly width: number | 'content' | { readonly share: number };
  readonly min?: number;
  readonly max?: number;
  readonly align?: 'left' | 'right';
  /** When it gets narrow the columns with the lowest priority go first. Default 1; Infinity never goes. */
  readonly priority?: number;
}
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
/** Rows of columns. The selection follows the id, not the place. `/` filters by the rows' text. */
export declare class List implements Widget {
  constructor(terminal: Terminal);
  /** The cursor is on another row (or none). Not fired by `select`. */
  readonly onSelect: Event<string | undefined>;
  /** Enter or Space. */
  readonly onActivate: Event<string>;
  readonly onFilter: Event<string>;
  readonly selected: string | undefined;
  /** What is typed after `/`; '' when nothing is filtered. */
  readonly filter: string;
  set(data: ListData): void;
  select(id: string): void;
  /** What `/` does: the next keys are the filter until Enter (keep) or Esc (drop). */
  startFilter(): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
