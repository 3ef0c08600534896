import { LABEL_MAX_LENGTH } from '../../core/label.js';
import type { DisposableStore } from '../../core/lifecycle.js';
import { Buttons } from '../../widgets/buttons.js';
import { Field, FIELD_HEIGHT } from '../../widgets/field.js';
import { empty, inset, rows } from '../../widgets/layout.js';
import { Paragraph } from '../../widgets/paragraph.js';
import { Summary } from '../../widgets/summary.js';
import { bind } from '../shell/bind.js';
import type { ScreenContext } from '../shell/screen.js';
import { labelView } from './label.view.js';
import type { WizardPart } from './part.js';

/** Six facts and the border. */
const SUMMARY_HEIGHT = 8;

/** The label, what will be made, and the button that makes it. */
export function createLabelPart(context: ScreenContext, owned: DisposableStore): WizardPart {
  const { terminal, app } = context;
  // Longer than a label may be, so that the rule is seen rather than keys swallowed.
  const field = owned.add(new Field(terminal, { maxLength: LABEL_MAX_LENGTH + 16 }));
  const summary = owned.add(new Summary(terminal));
  const buttons = owned.add(new Buttons(terminal));
  const outcome = owned.add(new Paragraph(terminal));
  const set = {
    field: bind(field),
    summary: bind(summary),
    buttons: bind(buttons),
    outcome: bind(outcome),
  };
  owned.add(field.onChange((label) => app.editLabel(label)));
  owned.add(field.onSubmit(() => context.perform('wizard.next')));
  owned.add(buttons.onPress(() => context.perform('wizard.create')));
  return {
    layout: inset(
      rows(
        [field, FIELD_HEIGHT],
        [summary, SUMMARY_HEIGHT],
        [empty, 1],
        [buttons, 1],
        [empty, 1],
        [outcome, { share: 1 }],
      ),
      { x: 1 },
    ),
    widgets: [field, buttons],
    first: (step) => (step === 'create' ? buttons : field),
    show(state) {
      const view = labelView(state);
      set.field(view.field);
      set.summary(view.summary);
      set.buttons(view.buttons);
      set.outcome({ lines: view.outcome });
    },
  };
}
