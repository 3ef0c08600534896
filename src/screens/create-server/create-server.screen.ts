import { WIZARD_STEPS, type WizardStep } from '../../app/form-state.js';
import { Emitter } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { FocusRing } from '../../widgets/widget.js';
import { Arrangement } from '../../widgets/layout.js';
import { shortStepper, stepper } from '../../widgets/title-line.js';
import { HelpPane } from '../shell/form-help.js';
import type { Screen, ScreenContext } from '../shell/screen.js';
import type { WizardControls } from './create-server.keys.js';
import { createLabelPart } from './label.part.js';
import type { WizardPart } from './part.js';
import { createRegionPart } from './region.part.js';
import { createTokenPart } from './token.part.js';

const STEP_TITLES = ['Token', 'Region', 'Label', 'Create'];

/** The wizard: Token → Region → Label → Create, one part on screen at a time. */
export function createWizardScreen(context: ScreenContext): Screen<WizardControls> {
  const owned = new DisposableStore();
  const changed = owned.add(new Emitter<void>());
  const token = createTokenPart(context, owned);
  const label = createLabelPart(context, owned);
  const parts: Readonly<Record<WizardStep, WizardPart>> = {
    token,
    region: createRegionPart(context, owned),
    label,
    create: label,
  };
  const help = new HelpPane(context.terminal, owned);
  const arrangement = new Arrangement();
  const focus = new FocusRing([]);
  let shown: WizardStep | undefined;

  const enter = (step: WizardStep): void => {
    if (shown === step) return;
    shown = step;
    // A map takes the place of the help.
    arrangement.setLayout(
      step === 'region' ? parts.region.layout : help.beside(parts[step].layout),
    );
    focus.setWidgets(parts[step].widgets);
    focus.focus(parts[step].first(step));
  };

  return {
    body: arrangement,
    focus,
    selected: undefined,
    onChange: changed.event,
    show(state) {
      const step = state.wizard?.step ?? 'token';
      parts[step].show(state, focus);
      help.show(state);
      enter(step);
      arrangement.refresh();
      const at = WIZARD_STEPS.indexOf(step);
      return {
        breadcrumb: ['Create server'],
        middle: [stepper(STEP_TITLES, at), shortStepper(STEP_TITLES, at)],
      };
    },
    controls: token,
    dispose() {
      arrangement.place(undefined);
      owned.dispose();
    },
  };
}
