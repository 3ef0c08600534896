import { Emitter } from '../../core/event.js';
import { LABEL_MAX_LENGTH } from '../../core/label.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Field, FIELD_HEIGHT } from '../../widgets/field.js';
import { FocusRing } from '../../widgets/focus.js';
import { Arrangement, empty, inset, responsive, rows } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { bind } from '../shell/bind.js';
import type { Screen, ScreenContext } from '../shell/screen.js';
import { addServerView } from './add-server.view.js';

/** Longer than any address; what is beyond is refused by its form. */
const URL_MAX_LENGTH = 4_096;
/** With fewer rows the message needs the room more than the introduction. */
const INTRO_FROM_ROWS = 18;

/** Two fields and a button. */
export function createAddServerScreen(context: ScreenContext): Screen {
  const { terminal, app } = context;
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const intro = owned.add(new Paragraph(terminal));
  const url = owned.add(new Field(terminal, { maxLength: URL_MAX_LENGTH }));
  // Longer than a label may be, so that the rule is seen rather than keys swallowed.
  const label = owned.add(new Field(terminal, { maxLength: LABEL_MAX_LENGTH + 16 }));
  const buttons = owned.add(new Buttons(terminal));
  const outcome = owned.add(new Paragraph(terminal));
  const set = {
    intro: bind(intro),
    url: bind(url),
    label: bind(label),
    buttons: bind(buttons),
    outcome: bind(outcome),
  };
  const submit = (): void => context.perform('add-server.submit');
  owned.add(url.onChange((value) => app.editAddServer('url', value)));
  owned.add(label.onChange((value) => app.editAddServer('label', value)));
  for (const submitted of [url.onSubmit, label.onSubmit, buttons.onPress])
    owned.add(submitted(submit));
  const focus = owned.add(new FocusRing([url, label, buttons]));
  const body = new Arrangement(
    inset(
      responsive(({ height }) =>
        rows(
          [intro, height < INTRO_FROM_ROWS ? 0 : 3],
          // Why an address is refused may take a second line.
          [url, FIELD_HEIGHT + (height < INTRO_FROM_ROWS ? 0 : 1)],
          [label, FIELD_HEIGHT],
          [empty, height < INTRO_FROM_ROWS ? 0 : 1],
          [buttons, 1],
          [empty, 1],
          [outcome, { share: 1 }],
        ),
      ),
      { x: 1 },
    ),
  );
  let shownProblem: unknown;

  return {
    body,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      const view = addServerView(state);
      set.intro({ lines: view.intro });
      set.url(view.url);
      set.label(view.label);
      set.buttons(view.buttons);
      set.outcome({ lines: view.outcome });
      const problem = state.addServer?.problem;
      // The field that caused it is where the person goes on.
      if (problem !== undefined && problem !== shownProblem)
        focus.focus(problem.field === 'url' ? url : label);
      shownProblem = problem;
      return { breadcrumb: ['Add an existing server'] };
    },
    perform: () => false,
    dispose() {
      body.place(undefined);
      owned.dispose();
    },
  };
}
