import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Arrangement, inset, rows } from '../../widgets/layout.js';
import { List } from '../../widgets/list.js';
import { Panel } from '../../widgets/panel.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { FocusRing } from '../../widgets/widget.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import { rowOfTeam } from '../../app/server-rows.js';
import { teamView } from './team.view.js';

const NOTE_ROWS = 2;

/** Lists of the panel of one server, one at a time. */
export function createTeamScreen(context: ScreenContext, serverId: string): Screen<undefined> {
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const list = owned.add(new List(context.terminal, { onBorder: true }));
  const panel = owned.add(
    new Panel(context.terminal, { content: list, focus: list, hasBar: true }),
  );
  const note = owned.add(new Paragraph(context.terminal));
  const set = { list: bind(list), panel: bind(panel), note: bind(note) };
  const arrangement = new Arrangement(
    rows([panel, { share: 1 }], [inset(note, { x: 1 }), NOTE_ROWS]),
  );
  owned.add(list.onChange(() => changed.fire()));
  owned.add(
    list.onActivate((id) => {
      const byKind = { tunnel: 'team.toggle', service: 'team.log', unit: 'team.log' };
      const command = byKind[rowOfTeam(id).kind as keyof typeof byKind];
      if (command !== undefined) context.perform(command);
    }),
  );
  return {
    body: arrangement,
    focus: new FocusRing([panel]),
    onChange: changed.event,
    get selected() {
      return list.selected;
    },
    show(state) {
      const { selected } = list;
      const view = teamView(state, serverId, selected, context.app.now());
      set.list(view.list);
      if (list.selected !== selected) changed.fire();
      set.panel(view.panel);
      set.note({ lines: view.note });
      return view.title;
    },
    controls: undefined,
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}
