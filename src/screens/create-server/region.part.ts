import type { DisposableStore } from '../../core/lifecycle.js';
import { CardGrid } from '../../widgets/card-grid.js';
import { Arrangement, columns, inset, responsive, rows } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { WorldMap } from '../../widgets/world-map.js';
import { bind } from '../shell/bind.js';
import type { ScreenContext } from '../shell/screen.js';
import type { WizardPart } from './part.js';
import { regionView } from './region.view.js';

/** From this width on a world map has room beside the cards. */
const MAP_COLUMNS = 120;

/** Cards of regions; on a wide terminal a map beside them. */
export function createRegionPart(context: ScreenContext, owned: DisposableStore): WizardPart {
  const { terminal, app } = context;
  const intro = owned.add(new Paragraph(terminal));
  const grid = owned.add(new CardGrid(terminal));
  const map = owned.add(new WorldMap(terminal));
  const problem = owned.add(new Paragraph(terminal));
  const set = { intro: bind(intro), grid: bind(grid), map: bind(map), problem: bind(problem) };
  owned.add(grid.onSelect((slug) => app.chooseRegion(slug)));
  owned.add(
    grid.onActivate((slug) => {
      app.chooseRegion(slug);
      context.perform('wizard.next');
    }),
  );
  const cards = responsive(({ width }) =>
    width >= MAP_COLUMNS && map.available
      ? columns([grid, { share: 1, min: 66 }], [map, { share: 1, max: 100 }])
      : grid,
  );
  const main = new Arrangement(cards);
  let failed = false;
  return {
    layout: rows([inset(intro, { x: 1 }), 2], [main, { share: 1 }]),
    widgets: [grid],
    first: () => grid,
    show(state) {
      const view = regionView(state);
      set.intro({ lines: view.intro });
      set.grid(view.grid);
      set.problem({ lines: view.problem });
      if (map.available) set.map(view.map);
      const failedNow = view.problem.length > 0;
      if (failedNow === failed) return;
      failed = failedNow;
      main.setLayout(failed ? inset(problem, { x: 1 }) : cards);
    },
  };
}
