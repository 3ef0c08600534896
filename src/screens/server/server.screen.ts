import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Arrangement } from '../../widgets/layout.js';
import { Sections } from '../../widgets/sections.js';
import { FocusRing } from '../../widgets/widget.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import type { ServerControls } from './server.keys.js';
import { type ServerPage, serverView } from './server.view.js';
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
  const arrangement = new Arrangement(sections);
  let place = 0;
  const showSpan = (index: number): void => {
    place = Math.max(0, Math.min(SPANS.length - 1, index));
    changed.fire();
  };
  return {
    body: arrangement,
    focus: new FocusRing([sections]),
    selected: serverId,
    onChange: changed.event,
    show(state) {
      void context.app.lookAt(serverId);
      const columns = context.terminal.size.width;
      const ui = { now: context.app.now(), span: SPANS[place] ?? SPANS[0], columns };
      const view = serverView(state, page, ui);
      setSections(view.sections);
      return view.title;
    },
    controls: { showSpan, stepSpan: (step) => showSpan(place + step) },
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}
