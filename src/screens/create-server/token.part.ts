import type { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Checks } from '../../widgets/checks.js';
import { Field } from '../../widgets/field.js';
import { empty, inset, responsive, stack } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { bind } from '../shell/bind.js';
import type { ScreenContext } from '../shell/screen.js';
import type { WizardControls } from './create-server.keys.js';
import type { WizardPart } from './part.js';
import { tokenView } from './token.view.js';

/** Longer than any token; longer text fails the check of its form. */
const TOKEN_MAX_LENGTH = 12_000;
/** With fewer rows the checks need the room more than the introduction. */
const INTRO_FROM_ROWS = 18;

/** The token field, its buttons, and the three checks. */
export function createTokenPart(
  context: ScreenContext,
  owned: DisposableStore,
): WizardPart & WizardControls {
  const { terminal, app } = context;
  const intro = owned.add(new Paragraph(terminal));
  const field = owned.add(new Field(terminal, { secret: true, maxLength: TOKEN_MAX_LENGTH }));
  const buttons = owned.add(new Buttons(terminal));
  const checks = owned.add(new Checks(terminal));
  const set = {
    intro: bind(intro),
    field: bind(field),
    buttons: bind(buttons),
    checks: bind(checks),
  };
  let suggested: string | undefined;
  // Empty the field on submit: a refused token is pasted anew, never corrected.
  const submit = (): void => void app.checkToken(field.take());
  owned.add(field.onSubmit(submit));
  owned.add(field.onChange(() => app.editToken()));
  owned.add(
    buttons.onPress((id) => {
      if (id === 'secrets') context.perform('secrets');
      else submit();
    }),
  );
  return {
    layout: inset(
      responsive(({ height }) =>
        stack(
          { item: intro, rows: height < INTRO_FROM_ROWS ? 0 : 4, gives: { order: 2, least: 0 } },
          {
            item: field,
            rows: (width) => field.rowsAt(width),
            gives: { order: 3, least: (width) => field.leastRowsAt(width) },
          },
          { item: buttons, rows: 1 },
          { item: empty, rows: 1, gives: { order: 1, least: 0 } },
          { item: checks, rows: (width) => checks.rowsAt(width), grows: true },
        ),
      ),
      { x: 1 },
    ),
    widgets: [field, buttons, checks],
    first: () => (suggested === 'next' ? buttons : field),
    show(state, focus) {
      const view = tokenView(state);
      set.intro({ lines: view.intro });
      set.field(view.field);
      set.buttons(view.buttons);
      set.checks(view.checks);
      if (view.suggested === suggested) return;
      suggested = view.suggested;
      buttons.select(suggested);
      if (focus.current === field || focus.current === buttons)
        focus.focus(suggested === 'next' ? buttons : field);
    },
    submitToken: submit,
  };
}
