import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Arrangement, rows } from '../../widgets/layout.js';
import { Sections } from '../../widgets/sections.js';
import { FocusRing } from '../../widgets/widget.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import type { ServerControls } from './server.keys.js';
import { type ServerPage, serverView, SET_ACTIVE, UNDO } from './server.view.js';
import { SPANS } from './spans.js';

/** Everything about one server. */
export function createServerScreen(
  context: ScreenContext,
  page: ServerPage,
): Screen<ServerControls> {
  const { serverId } = page;
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const sections = owned.add(new Sections(context.terminal));
  const setSections = bind(sections);
  const buttons = owned.add(new Buttons(context.terminal));
  const setButtons = bind(buttons);
  owned.add(buttons.onPress((id) => context.perform(id)));
  const arrangement = new Arrangement(rows([sections, { share: 1 }], [buttons, 1]));
  const focus: FocusRing = new FocusRing([sections, buttons], (key) => {
    if (sections.handleKey(key)) return true;
    // Enter that opened the page, pressed twice, presses no button: the first arrow goes to them.
    if (key !== 'left' && key !== 'right') return false;
    focus.focus(buttons);
    return true;
  });
  let place = 0;
  const showSpan = (index: number): void => {
    place = Math.max(0, Math.min(SPANS.length - 1, index));
    changed.fire();
  };
  return {
    body: arrangement,
    focus,
    selected: serverId,
    onChange: changed.event,
    show(state) {
      void context.app.lookAt(serverId);
      const columns = context.terminal.size.width;
      const ui = { now: context.app.now(), span: SPANS[place] ?? SPANS[0], columns };
      const view = serverView(state, page, ui);
      setSections(view.sections);
      const before = buttons.selected;
      setButtons(view.buttons);
      // Undoing stands in the place of what is undone.
      if (before === SET_ACTIVE) buttons.select(UNDO);
      else if (before === UNDO) buttons.select(SET_ACTIVE);
      return view.title;
    },
    controls: { showSpan, stepSpan: (step) => showSpan(place + step) },
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}
