import {
  create,
  nextWizardStep,
  previousWizardStep,
  remeasureRegions,
} from '../../app/actions/wizard.js';
import { wizardLabelProblem } from '../../app/labels.js';
import { isUnderWay } from '../../app/server-rows.js';
import type { AppState } from '../../app/state.js';
import type { Command, KeyContext } from '../shell/command.js';

export interface WizardControls {
  /** Checks what is in the token field, and empties it. */
  submitToken(): void;
}

/** Token → Region → Label → Create. */
export const WIZARD: readonly Command<WizardControls>[] = [
  {
    id: 'wizard.check-token',
    keys: ['enter'],
    context: 'wizard-token',
    label: 'validate, then next',
    description: 'Validate the token; once it is valid: on to the regions',
    priority: 10,
    disabled: ({ state }) =>
      state.wizard?.token.check.state === 'checking' ? 'The token is being checked.' : undefined,
    run: ({ screen }) => screen.submitToken(),
  },
  back('wizard-token', 'cancel', 'Close the wizard'),
  {
    id: 'wizard.next',
    keys: ['enter', 'space'],
    context: 'wizard-region',
    label: 'choose',
    description: 'Choose this region and go on to the label',
    priority: 10,
    disabled: ({ state }) =>
      state.wizard?.region === undefined ? 'The regions are not known yet.' : undefined,
    run: ({ work }) => nextWizardStep(work),
  },
  {
    id: 'wizard.measure',
    keys: ['r'],
    context: 'wizard-region',
    label: 'measure again',
    description: 'Measure the way to every region again',
    priority: 20,
    disabled: ({ state }) =>
      state.running.some(({ title }) => /regions/.test(title))
        ? 'The regions are being measured.'
        : undefined,
    run: ({ work }) => remeasureRegions(work),
  },
  back('wizard-region'),
  {
    id: 'wizard.next',
    keys: ['enter'],
    context: 'wizard-label',
    label: 'next',
    description: 'Go on with this label',
    priority: 10,
    disabled: ({ state }) => wizardLabelProblem(state),
    run: ({ work }) => nextWizardStep(work),
  },
  back('wizard-label'),
  {
    id: 'wizard.create',
    keys: ['enter', 'space'],
    context: 'wizard-create',
    label: 'create server',
    description: 'Create the server; from here on it costs money',
    priority: 10,
    disabled: ({ state }) => whyNotCreate(state),
    run: ({ work }) => create(work),
  },
  back('wizard-create'),
];

/** Escape is the same in all steps but the first, where it leaves the wizard. */
function back(
  context: KeyContext,
  label = 'back',
  description = 'One step back; what was entered stays',
): Command {
  return {
    id: 'wizard.back',
    keys: ['escape'],
    context,
    label,
    description,
    priority: 50,
    disabled: ({ state }) =>
      state.wizard?.creating ? 'The provisioning is being started.' : undefined,
    run: ({ work }) => previousWizardStep(work),
  };
}

/** Reason why no server can be made now, independent of its label. */
export function whyNotCreate({ wizard, operations }: AppState): string | undefined {
  if (wizard?.creating) return 'It is being started.';
  const other = operations.list.find(isUnderWay);
  if (other === undefined) return undefined;
  const words = other.status === 'running' ? 'created' : 'cleaned up';
  return `One at a time: ${other.request.label} is being ${words}.`;
}
