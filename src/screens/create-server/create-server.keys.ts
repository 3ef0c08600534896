import {
  chooseSshKey,
  create,
  nextWizardStep,
  previousWizardStep,
  remeasureRegions,
} from '../../app/actions/wizard.js';
import { provisioningBusyText } from '../../core/errors.js';
import { labelStepProblem } from '../../app/labels.js';
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
    description: 'Validate the token, then continue to the regions',
    priority: 10,
    disabled: ({ state }) =>
      state.wizard?.token.check.state === 'checking' ? 'Checking the token…' : undefined,
    run: ({ screen }) => screen.submitToken(),
  },
  back('wizard-token', 'cancel', 'Close the wizard'),
  {
    id: 'wizard.next',
    keys: ['enter', 'space'],
    context: 'wizard-region',
    label: 'choose',
    description: 'Choose this region and continue to the label',
    priority: 10,
    disabled: ({ state }) =>
      state.wizard?.region === undefined ? 'The regions are not loaded yet.' : undefined,
    run: ({ work }) => nextWizardStep(work),
  },
  {
    id: 'wizard.search-regions',
    keys: ['/'],
    context: 'wizard-region',
    label: 'search',
    description: 'Search the regions; you can also just type the start of a name',
    priority: 15,
  },
  {
    id: 'wizard.measure',
    keys: ['r'],
    context: 'wizard-region',
    label: 'measure again',
    description: 'Measure the latency of every region again',
    priority: 20,
    disabled: ({ state }) =>
      state.running.some(({ title }) => /regions/.test(title))
        ? 'Measuring the regions…'
        : undefined,
    run: ({ work }) => remeasureRegions(work),
  },
  back('wizard-region'),
  {
    id: 'wizard.next',
    keys: ['enter'],
    context: 'wizard-label',
    label: 'next',
    description: 'Continue with this label',
    priority: 10,
    disabled: ({ state }) => labelStepProblem(state),
    run: ({ work }) => nextWizardStep(work),
  },
  {
    id: 'wizard.ssh-key',
    keys: [],
    context: 'wizard-label',
    label: 'SSH key',
    description: 'Choose your SSH key to keep on the server; none by default',
    run: ({ work }) => chooseSshKey(work),
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
  description = 'One step back; entries are kept',
): Command {
  return {
    id: 'wizard.back',
    keys: ['escape'],
    context,
    label,
    description,
    priority: 50,
    disabled: ({ state }) => (state.wizard?.creating ? 'Starting…' : undefined),
    run: ({ work }) => previousWizardStep(work),
  };
}

/** Reason why no server can be made now, independent of its label. */
export function whyNotCreate({ wizard, operations }: AppState): string | undefined {
  if (wizard?.creating) return 'Starting…';
  const other = operations.list.find(isUnderWay);
  if (other === undefined) return undefined;
  const { status, request } = other;
  return provisioningBusyText([request.label, ...(status === 'running' ? [] : ['cleaning up'])]);
}
