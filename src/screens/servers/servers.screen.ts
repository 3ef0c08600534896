import { sortList } from '../../app/actions/sort-list.js';
import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { detailLines, Details } from '../../widgets/details.js';
import { EmptyState } from '../../widgets/buttons.js';
import { FocusRing } from '../../widgets/widget.js';
import {
  Arrangement,
  columns,
  empty,
  inset,
  type Layout,
  responsive,
  rows,
} from '../../widgets/layout.js';
import { List } from '../../widgets/list.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph, wrap } from '../../widgets/paragraph.js';
import { Chart } from '../../widgets/chart.js';
import { plain } from '../../widgets/markup.js';
import { bind, isSameData, type Screen, type ScreenContext } from '../shell/screen.js';
import { SERVER_COLUMNS } from './columns.js';
import type { ServersControls } from './servers.keys.js';
import { serversView, type ServersView } from './servers.view.js';

/** Above this width the details have a pane of their own. */
const TWO_PANES_COLUMNS = 110;
const NOTE_ROWS = 2;
const CHART_MOST_ROWS = 16;
const CHART_LEAST_ROWS = 5;

/** The first screen: servers, and provisionings that are not over. */
export function createServersScreen(context: ScreenContext): Screen<ServersControls> {
  const parts = new DisposableStore();
  const changed = parts.add(new Emitter<void>());
  const widgets = createWidgets(context, parts);
  const { list, emptyState, listPanel } = widgets;
  const set = {
    list: bind(list),
    listPanel: bind(listPanel),
    details: bind(widgets.details),
    chart: bind(widgets.chart),
    detailsPanel: bind(widgets.detailsPanel),
    empty: bind(emptyState),
    problem: bind(widgets.problem),
    note: bind(widgets.note),
  };
  const arrangement = new Arrangement();
  const focus = new FocusRing([listPanel]);
  parts.add(list.onChange(() => changed.fire()));
  parts.add(list.onActivate(() => context.perform('servers.open')));
  parts.add(
    list.onHeader((place) => {
      const { id, sort } = SERVER_COLUMNS[place] ?? {};
      if (sort !== undefined) void sortList(context.app.work, id);
    }),
  );
  parts.add(emptyState.onChoose((id) => context.perform(id)));
  let arranged = '';
  let added: string | undefined;

  return {
    body: arrangement,
    focus,
    onChange: changed.event,
    get selected() {
      return list.selected;
    },
    get marked() {
      return list.marked;
    },
    show(state) {
      const { selected, filter, position } = list;
      const [marks, now] = [list.marked.length, context.app.now()];
      const view = serversView(state, { selected, filter, position, marks, now });
      set.list(view.list);
      if (state.servers.added !== added) {
        added = state.servers.added;
        if (added !== undefined) list.select(added);
      }
      // The rows moved the cursor: the rest is of another row.
      if (list.selected !== selected || !isSameData(list.position, position)) changed.fire();
      void context.app.lookAt(list.selected);
      set.listPanel(view.listPanel);
      set.details(view.details);
      if (view.chart !== undefined) set.chart(view.chart);
      widgets.detailsPanel.setContent(besideList(widgets, view));
      set.detailsPanel(view.detailsPanel);
      set.empty(view.empty);
      set.problem({ lines: view.problem });
      set.note({ lines: view.note });
      // Keep the list while a filter is being typed; otherwise the remaining letters would trigger shortcuts.
      const body = list.typing ? 'list' : view.body;
      const arrangedNow = `${body} ${view.problem.map(plain).join('\n')}`;
      if (arrangedNow !== arranged) {
        arranged = arrangedNow;
        arrangement.setLayout(arrange(widgets, { ...view, body }));
        focus.setWidgets(body === 'empty' ? [emptyState] : [listPanel]);
      }
      return view.title;
    },
    controls: { filter: () => list.startFilter(), markShown: () => list.markShown() },
    dispose() {
      arrangement.place(undefined);
      parts.dispose();
    },
  };
}

type Widgets = ReturnType<typeof createWidgets>;

function createWidgets({ terminal }: ScreenContext, parts: DisposableStore) {
  const list = parts.add(new List(terminal, { onBorder: true }));
  const details = parts.add(new Details(terminal));
  return {
    list,
    details,
    chart: parts.add(new Chart(terminal)),
    emptyState: parts.add(new EmptyState(terminal)),
    problem: parts.add(new Paragraph(terminal)),
    note: parts.add(new Paragraph(terminal)),
    listPanel: parts.add(new Panel(terminal, { content: list, focus: list, hasBar: true })),
    detailsPanel: parts.add(new Panel(terminal, { content: details })),
  };
}

/** Facts, and right below them the chart where there is room for it. */
function besideList({ details, chart }: Widgets, view: ServersView): Layout {
  return responsive(({ width, height }) => {
    const lines = detailLines(view.details.rows, width).length;
    const room = Math.min(CHART_MOST_ROWS, height - lines - 1);
    if (view.chart === undefined || room < CHART_LEAST_ROWS) return details;
    return rows([details, lines], [empty, 1], [inset(chart, { x: 1 }), room]);
  });
}

function arrange(widgets: Widgets, { body, problem: lines }: ServersView): Layout {
  const { emptyState, problem, note, listPanel, detailsPanel } = widgets;
  const list = responsive(({ width }) =>
    width > TWO_PANES_COLUMNS
      ? columns([listPanel, { share: 3 }], [detailsPanel, { share: 2 }])
      : rows([listPanel, { share: 1 }], [inset(note, { x: 1 }), NOTE_ROWS]),
  );
  const main = body === 'empty' ? emptyState : list;
  if (lines.length === 0) return rows([main, { share: 1 }]);
  return responsive(({ width }) => {
    const height = lines.flatMap((line) => wrap(line, width - 2)).length;
    // One row between the problem and the list.
    return rows([inset(problem, { x: 1 }), height], [empty, 1], [main, { share: 1 }]);
  });
}
