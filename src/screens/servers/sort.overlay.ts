import { sortList } from '../../app/actions/sort-list.js';
import { Palette, type PaletteItem } from '../../widgets/palette.js';
import { SORTABLE } from './order.js';
import type { KeyScope } from '../shell/command.js';
import type { ScreenContext } from '../shell/screen.js';

/** Stands for the order of the file. */
const NONE = 'none';

/** The columns that the list can be sorted by; the present one again turns the order round. */
export function createSort({ terminal, app }: ScreenContext, { state }: KeyScope): Palette {
  const palette = new Palette(terminal, {
    title: 'Sort the list',
    placeholder: 'By which column?',
  });
  const items = sortItems(state.servers.sort);
  const show = (query: string): void => {
    const wanted = query.trim().toLowerCase();
    palette.set({ items: items.filter(({ label }) => label.toLowerCase().includes(wanted)) });
  };
  show('');
  palette.onQuery(show);
  palette.onChoose((id) => {
    app.closeOverlay();
    void sortList(app.work, id === NONE ? undefined : id);
  });
  return palette;
}

function sortItems(sort: KeyScope['state']['servers']['sort']): readonly PaletteItem[] {
  return [
    ...SORTABLE.map(({ id, title = id }) => {
      const note = sort?.column === id ? (sort.descending ? '  descending' : '  ascending') : '';
      return { id, label: `${titleCase(title)}${note}`, keys: [] };
    }),
    { id: NONE, label: sort === undefined ? 'None  in use' : 'None', keys: [] },
  ];
}

function titleCase(title: string): string {
  return title.charAt(0) + title.slice(1).toLowerCase();
}
