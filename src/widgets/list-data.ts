import type { Column } from './columns.js';
import type { Text } from './markup.js';
import type { StyleName } from './theme.js';

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
