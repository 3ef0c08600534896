import { LABEL_MAX_LENGTH } from '../../core/label.js';
import type { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Field } from '../../widgets/field.js';
import { empty, inset, stack } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { Summary } from '../../widgets/details.js';
import { bind } from '../shell/bind.js';
import type { ScreenContext } from '../shell/screen.js';
import { labelView } from './label.view.js';
import type { WizardPart } from './part.js';

/** Six facts and the border. */
const SUMMARY_HEIGHT = 8;
/** The label and the border. */
const SUMMARY_LEAST_HEIGHT = 3;

/** The label, what will be made, and the button that makes it. */
export function createLabelPart(context: ScreenContext, owned: DisposableStore): WizardPart {
  const { terminal, app } = context;
  // Longer than a label may be, so that the rule is seen rather than keys swallowed.
  const field = owned.add(new Field(terminal, { maxLength: LABEL_MAX_LENGTH + 16 }));
  const summary = owned.add(new Summary(terminal));
  const buttons = owned.add(new Buttons(terminal));
  const outcome = owned.add(new Paragraph(terminal, { scrolls: true }));
  const set = {
    field: bind(field),
    summary: bind(summary),
    buttons: bind(buttons),
    outcome: bind(outcome),
  };
  owned.add(field.onChange((label) => app.editLabel(label)));
  owned.add(field.onSubmit(() => context.perform('wizard.next')));
  owned.add(buttons.onPress(() => context.perform('wizard.create')));
  let wasCreating = false;
  const gap = { item: empty, rows: 1, gives: { order: 1, least: 0 } };
  return {
    layout: inset(
      stack(
        {
          item: field,
          rows: (width) => field.rowsAt(width),
          gives: { order: 2, least: (width) => field.leastRowsAt(width) },
        },
        { item: summary, rows: SUMMARY_HEIGHT, gives: { order: 3, least: SUMMARY_LEAST_HEIGHT } },
        gap,
        { item: buttons, rows: 1 },
        gap,
        // Give the reason of a failure the room: it counts more than the facts above.
        { item: outcome, rows: (width) => outcome.rowsAt(width), grows: true },
      ),
      { x: 1 },
    ),
    widgets: [field, buttons, outcome],
    first: (step) => (step === 'create' ? buttons : field),
    show(state, focus) {
      const view = labelView(state);
      set.field(view.field);
      set.summary(view.summary);
      set.buttons(view.buttons);
      set.outcome({ lines: view.outcome });
      // Take the field away: keys typed into a screen about to close would reach the next one.
      const creating = state.wizard?.creating === true;
      if (creating !== wasCreating && state.wizard?.step === 'create')
        focus.setWidgets(creating ? [buttons] : [field, buttons, outcome]);
      wasCreating = creating;
    },
  };
}
