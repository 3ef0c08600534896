import type { Operation, OperationStatus } from '../../services/provisioning/operations.js';
import { findOperation, isUnderWay } from '../server-rows.js';
import { currentRoute } from '../state.js';
import type { KeyScope } from './scope.js';
import type { KeyBinding } from './table.js';

function shown({ state }: KeyScope): Operation | undefined {
  const route = currentRoute(state);
  return findOperation(state, route.screen === 'provisioning' ? route.operationId : undefined);
}
const unless =
  (...statuses: readonly OperationStatus[]) =>
  (scope: KeyScope): boolean =>
    !statuses.includes(shown(scope)?.status ?? 'running');

const hasLeftovers = (operation: Operation | undefined): boolean =>
  operation !== undefined && operation.leftovers.length > 0;

/** A provisioning: what it offers depends on how far it is. */
export const PROVISIONING: readonly KeyBinding[] = [
  {
    command: 'provisioning.background',
    keys: ['b'],
    context: 'provisioning',
    label: 'background',
    description: 'Leave it running and go back to the servers',
    hint: 10,
    hidden: unless('running', 'cleaning-up'),
  },
  {
    command: 'provisioning.dismiss',
    keys: ['enter'],
    context: 'provisioning',
    label: 'done',
    description: 'Done: back to the servers',
    hint: 10,
    hidden: unless('succeeded'),
  },
  {
    command: 'provisioning.panel',
    keys: ['p'],
    context: 'provisioning',
    label: 'panel',
    description: 'Open the admin panel',
    hint: 12,
    hidden: unless('succeeded'),
  },
  {
    command: 'provisioning.copy-url',
    keys: ['y'],
    context: 'provisioning',
    label: 'copy url',
    description: 'Copy the address of the panel',
    hint: 13,
    hidden: unless('succeeded'),
  },
  {
    command: 'provisioning.retry',
    keys: ['r'],
    context: 'provisioning',
    label: 'retry',
    description: 'Start over with the same label and region',
    hint: 10,
    hidden: unless('failed', 'failed-with-leftovers'),
  },
  {
    command: 'provisioning.resume',
    keys: ['u'],
    context: 'provisioning',
    label: 'resume',
    description: 'Go on at the first step that is not done',
    hint: 10,
    hidden: unless('interrupted'),
    disabled: (scope) =>
      shown(scope)?.cleanUpBegun ? 'Its clean-up had begun: clean it up to the end.' : undefined,
  },
  {
    command: 'provisioning.clean-up',
    keys: ['c'],
    context: 'provisioning',
    label: 'clean up',
    description: 'Remove everything it made',
    hint: 11,
    hidden: (scope) =>
      unless('interrupted', 'failed-with-leftovers')(scope) && !hasLeftovers(shown(scope)),
  },
  {
    command: 'provisioning.cancel',
    keys: ['x'],
    context: 'provisioning',
    label: 'cancel and clean up',
    description: 'Cancel it and remove everything it made (asks first)',
    hint: 20,
    hidden: unless('running', 'cleaning-up'),
    disabled: (scope) =>
      shown(scope)?.status === 'cleaning-up' ? 'It is being cleaned up already.' : undefined,
  },
  {
    command: 'provisioning.dismiss',
    keys: ['X'],
    context: 'provisioning',
    label: 'close and forget',
    description: 'Close it and forget it: nothing of it is left',
    hint: 21,
    hidden: unless('failed'),
  },
  {
    command: 'provisioning.follow',
    keys: ['f'],
    context: 'provisioning',
    label: 'follow',
    description: 'Keep the end of the log in view, or stop doing so',
    hint: 30,
    hidden: (scope) => !isUnderWay(shown(scope) ?? ({ status: 'running' } as Operation)),
  },
  {
    command: 'provisioning.wrap',
    keys: ['w'],
    context: 'provisioning',
    label: 'wrap',
    description: 'Wrap long lines of the log, or cut them',
    hint: 40,
  },
  {
    command: 'provisioning.search',
    keys: ['/'],
    context: 'provisioning',
    label: 'search',
    description: 'Search the log',
    hint: 57,
  },
  {
    command: 'provisioning.next-match',
    keys: ['n', 'N'],
    context: 'provisioning',
    label: 'next match',
    description: 'Next or previous match in the log',
    byWidget: true,
    unnamed: true,
  },
  {
    command: 'provisioning.save-log',
    keys: ['s'],
    context: 'provisioning',
    label: 'keep log',
    description: 'Keep the log as a file',
    hint: 60,
  },
];
