import { Emitter } from '../../core/event.js';
import { LABEL_MAX_LENGTH } from '../../core/label.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Field, FIELD_HEIGHT } from '../../widgets/field.js';
import { FocusRing } from '../../widgets/widget.js';
import { Arrangement, empty, inset, type Layout, responsive, stack } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { HelpPane } from '../shell/form-help.js';
import { bind, type Screen, type ScreenContext } from '../shell/screen.js';
import { addServerView } from './add-server.view.js';

/** Longer than any address; longer text fails the check of its form. */
const URL_MAX_LENGTH = 4_096;
/** With fewer rows the message needs the room more than the introduction. */
const INTRO_FROM_ROWS = 18;

/** Two fields and a button. */
export function createAddServerScreen(context: ScreenContext): Screen {
  const { terminal, app } = context;
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const intro = owned.add(new Paragraph(terminal));
  const url = owned.add(new Field(terminal, { kind: 'address', maxLength: URL_MAX_LENGTH }));
  // Longer than a label may be, so that the rule is seen rather than keys swallowed.
  const label = owned.add(new Field(terminal, { kind: 'name', maxLength: LABEL_MAX_LENGTH + 16 }));
  const buttons = owned.add(new Buttons(terminal));
  const outcome = owned.add(new Paragraph(terminal, { scrolls: true }));
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
  const focus = new FocusRing([url, label, buttons, outcome]);
  const help = new HelpPane(terminal, owned);
  const body = new Arrangement(help.beside(arrange({ intro, url, label, buttons, outcome })));
  let shownProblem: unknown;

  return {
    body,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      const view = addServerView(state);
      help.show(state);
      set.intro({ lines: view.intro });
      set.url(view.url);
      set.label(view.label);
      set.buttons(view.buttons);
      set.outcome({ lines: view.outcome });
      body.refresh();
      const problem = state.addServer?.problem;
      // Focus the field that caused it, unless the person already types into the other one.
      if (problem !== undefined && problem !== shownProblem) {
        const [cause, other] = problem.field === 'url' ? [url, label] : [label, url];
        if (focus.current !== other) focus.focus(cause);
      }
      shownProblem = problem;
      return { breadcrumb: ['Add an existing server'] };
    },
    controls: undefined,
    dispose() {
      body.place(undefined);
      owned.dispose();
    },
  };
}

interface Widgets {
  readonly intro: Paragraph;
  readonly url: Field;
  readonly label: Field;
  readonly buttons: Buttons;
  readonly outcome: Paragraph;
}

/** Lays out the form; in a low terminal the advice about a problem is the last to shrink. */
function arrange({ intro, url, label, buttons, outcome }: Widgets): Layout {
  const gap = { item: empty, rows: 1, gives: { order: 1, least: 0 } };
  return inset(
    responsive(({ height }) =>
      stack(
        { item: intro, rows: height < INTRO_FROM_ROWS ? 0 : 3, gives: { order: 2, least: 0 } },
        {
          item: url,
          // Most reasons why an address is refused take two lines: nothing moves for those.
          rows: (width) => Math.max(url.rowsAt(width), FIELD_HEIGHT + 1),
          gives: { order: 4, least: FIELD_HEIGHT },
        },
        {
          item: label,
          rows: (width) => label.rowsAt(width),
          gives: { order: 3, least: (width) => label.leastRowsAt(width) },
        },
        gap,
        { item: buttons, rows: 1 },
        gap,
        { item: outcome, rows: (width) => outcome.rowsAt(width), grows: true },
      ),
    ),
    { x: 1 },
  );
}
