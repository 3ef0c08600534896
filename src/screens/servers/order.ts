import type { ServerRow } from '../../app/server-rows.js';
import type { ListSort } from '../../app/state.js';
import { SERVER_COLUMNS } from './columns.js';

/** Columns that the list can be sorted by. */
export const SORTABLE = SERVER_COLUMNS.filter(({ sort }) => sort !== undefined);

/** Made for the first order by a text: Node.js reads megabytes of tables for it. */
let collator: Intl.Collator | undefined;

interface Ordered {
  readonly rows: readonly ServerRow[];
  readonly keys: readonly (string | number | undefined)[];
  readonly ids: readonly string[];
  readonly sort: ListSort;
  readonly places: readonly number[];
  readonly inOrder: readonly ServerRow[];
}

/** The last order: most news of 1,000 servers change no value that they are sorted by. */
let last: Ordered | undefined;

/** Rows in the chosen order; equal ones, and all without a choice, stay as they are. */
export function inOrder(
  rows: readonly ServerRow[],
  sort: ListSort | undefined,
): readonly ServerRow[] {
  const column = SORTABLE.find(({ id }) => id === sort?.column);
  if (sort === undefined || column?.sort === undefined) return rows;
  if (last?.rows === rows && last.sort === sort) return last.inOrder;
  const keys = rows.map((row) => column.sort?.(row));
  const ids = rows.map(({ id }) => id);
  const { descending } = sort;
  const isKept = last !== undefined && isSame(last, { keys, ids, sort });
  const places = isKept ? last!.places : placesOf(keys, descending);
  last = { rows, keys, ids, sort, places, inOrder: places.map((place) => rows[place]!) };
  return last.inOrder;
}

function isSame(one: Ordered, other: Pick<Ordered, 'keys' | 'ids' | 'sort'>): boolean {
  return (
    one.sort.descending === other.sort.descending &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, index) => key === other.keys[index]) &&
    one.ids.every((id, index) => id === other.ids[index])
  );
}

function placesOf(keys: Ordered['keys'], descending: boolean): readonly number[] {
  const sign = descending ? -1 : 1;
  collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  const compareTexts = collator.compare;
  return keys
    .map((_, place) => place)
    .sort((one, other) => {
      const [a, b] = [keys[one], keys[other]];
      if (a === undefined || b === undefined)
        return Number(a === undefined) - Number(b === undefined);
      if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
      return sign * compareTexts(String(a), String(b));
    });
}
