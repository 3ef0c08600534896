import { wizardLabelProblem } from '../labels.js';
import type { KeyScope } from './scope.js';
import type { KeyBinding } from './table.js';
import { whyNotCreate } from './why-not.js';

const back = (context: 'wizard-token' | 'wizard-region' | 'wizard-label' | 'wizard-create') =>
  ({
    command: 'wizard.back',
    keys: ['escape'],
    context,
    label: context === 'wizard-token' ? 'cancel' : 'back',
    description:
      context === 'wizard-token' ? 'Close the wizard' : 'One step back; what was entered stays',
    hint: 50,
    disabled: ({ state }: KeyScope) =>
      state.wizard?.creating ? 'The provisioning is being started.' : undefined,
  }) as const satisfies KeyBinding;

/** Token → Region → Label → Create. */
export const WIZARD: readonly KeyBinding[] = [
  {
    command: 'wizard.check-token',
    keys: ['enter'],
    context: 'wizard-token',
    label: 'validate, then next',
    description: 'Validate the token; once it is valid: on to the regions',
    hint: 10,
    disabled: ({ state }) =>
      state.wizard?.token.check.state === 'checking' ? 'The token is being checked.' : undefined,
  },
  back('wizard-token'),
  {
    command: 'wizard.next',
    keys: ['enter', 'space'],
    context: 'wizard-region',
    label: 'choose',
    description: 'Choose this region and go on to the label',
    hint: 10,
    disabled: ({ state }) =>
      state.wizard?.region === undefined ? 'The regions are not known yet.' : undefined,
  },
  {
    command: 'wizard.measure',
    keys: ['r'],
    context: 'wizard-region',
    label: 'measure again',
    description: 'Measure the way to every region again',
    hint: 20,
    disabled: ({ state }) =>
      state.running.some(({ title }) => /regions/.test(title))
        ? 'The regions are being measured.'
        : undefined,
  },
  back('wizard-region'),
  {
    command: 'wizard.next',
    keys: ['enter'],
    context: 'wizard-label',
    label: 'next',
    description: 'Go on with this label',
    hint: 10,
    disabled: ({ state }) => wizardLabelProblem(state),
  },
  back('wizard-label'),
  {
    command: 'wizard.create',
    keys: ['enter', 'space'],
    context: 'wizard-create',
    label: 'create server',
    description: 'Create the server; from here on it costs money',
    hint: 10,
    disabled: ({ state }) => whyNotCreate(state),
  },
  back('wizard-create'),
];
