import type { CommandId } from '../../app/keys/commands.js';
import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Details } from '../../widgets/details.js';
import { EmptyState } from '../../widgets/empty-state.js';
import { FocusRing } from '../../widgets/focus.js';
import {
  Arrangement,
  columns,
  inset,
  type Layout,
  responsive,
  rows,
} from '../../widgets/layout.js';
import { List } from '../../widgets/list.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { bind } from '../shell/bind.js';
import type { Screen, ScreenContext } from '../shell/screen.js';
import { serversView } from './servers.view.js';

/** Above this width the details have a pane of their own. */
const TWO_PANES_COLUMNS = 110;
const NOTE_ROWS = 2;

/** The first screen: servers, and provisionings that are not over. */
export function createServersScreen(context: ScreenContext): Screen {
  const parts = new DisposableStore();
  const changed = parts.add(new Emitter<void>());
  const widgets = createWidgets(context, parts);
  const { list, empty, listPanel } = widgets;
  const set = {
    list: bind(list),
    listPanel: bind(listPanel),
    details: bind(widgets.details),
    detailsPanel: bind(widgets.detailsPanel),
    empty: bind(empty),
    problem: bind(widgets.problem),
    note: bind(widgets.note),
  };
  const arrangement = new Arrangement();
  const focus = parts.add(new FocusRing([listPanel]));
  parts.add(list.onSelect(() => changed.fire()));
  parts.add(list.onActivate(() => context.perform('servers.open')));
  parts.add(empty.onChoose((id) => context.perform(id as CommandId)));
  let arranged = '';

  return {
    body: arrangement,
    focus,
    onChange: changed.event,
    get selected() {
      return list.selected;
    },
    show(state) {
      const view = serversView(state, { selected: list.selected, now: context.app.now() });
      set.list(view.list);
      set.listPanel(view.listPanel);
      set.details(view.details);
      set.detailsPanel(view.detailsPanel);
      set.empty(view.empty);
      set.problem({ lines: view.problem });
      set.note({ lines: view.note });
      const arrangedNow = `${view.body} ${view.problem.length}`;
      if (arrangedNow !== arranged) {
        arranged = arrangedNow;
        arrangement.setLayout(arrange(widgets, view.body, view.problem.length));
        focus.setWidgets(view.body === 'empty' ? [empty] : [listPanel]);
      }
      return view.title;
    },
    perform(command) {
      if (command !== 'servers.filter') return false;
      list.startFilter();
      return true;
    },
    dispose() {
      arrangement.place(undefined);
      parts.dispose();
    },
  };
}

type Widgets = ReturnType<typeof createWidgets>;

function createWidgets({ terminal }: ScreenContext, parts: DisposableStore) {
  const list = parts.add(new List(terminal));
  const details = parts.add(new Details(terminal));
  return {
    list,
    details,
    empty: parts.add(new EmptyState(terminal)),
    problem: parts.add(new Paragraph(terminal)),
    note: parts.add(new Paragraph(terminal)),
    listPanel: parts.add(new Panel(terminal, { content: list, focus: list })),
    detailsPanel: parts.add(new Panel(terminal, { content: details })),
  };
}

function arrange(widgets: Widgets, body: 'list' | 'empty', problemLines: number): Layout {
  const { empty, problem, note, listPanel, detailsPanel } = widgets;
  const list = responsive(({ width }) =>
    width > TWO_PANES_COLUMNS
      ? columns([listPanel, { share: 3 }], [detailsPanel, { share: 2 }])
      : rows([listPanel, { share: 1 }], [inset(note, { x: 1 }), NOTE_ROWS]),
  );
  // One row between the problem and the list.
  const problemHeight = problemLines === 0 ? 0 : problemLines + 1;
  return rows([problem, problemHeight], [body === 'empty' ? empty : list, { share: 1 }]);
}
