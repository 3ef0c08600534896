import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Arrangement } from '../../widgets/layout.js';
import { Sections } from '../../widgets/sections.js';
import { FocusRing } from '../../widgets/widget.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import { type ServerPage, serverView } from './server.view.js';

/** Everything about one server. */
export function createServerScreen(context: ScreenContext, page: ServerPage): Screen {
  const { serverId } = page;
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const sections = owned.add(new Sections(context.terminal));
  const setSections = bind(sections);
  const arrangement = new Arrangement(sections);
  return {
    body: arrangement,
    focus: new FocusRing([sections]),
    selected: serverId,
    onChange: changed.event,
    show(state) {
      void context.app.lookAt(serverId);
      const view = serverView(state, page, context.app.now());
      setSections(view.sections);
      return view.title;
    },
    controls: undefined,
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}
