import { defaultLabel, labelProblem } from '../core/label.js';
import type { AppState } from './state.js';

/** The label as it will be: what was typed, or the default for the chosen region. */
export function effectiveLabel({ wizard }: AppState): string {
  if (wizard === undefined) return '';
  return wizard.label === '' ? defaultLabel(wizard.region ?? '') : wizard.label;
}

/** Why the server cannot be called so; undefined when it can. */
export function wizardLabelProblem(state: AppState): string | undefined {
  const label = effectiveLabel(state);
  return labelProblem(label) ?? takenBy(state, label);
}

/** Labels are unique in the list, provisionings under way included. */
export function takenBy(state: AppState, label: string): string | undefined {
  if (state.servers.list.some((server) => server.label === label))
    return `There is already a server called ${label}.`;
  const beingMade = state.operations.list.some(
    ({ request, status }) =>
      request.label === label && ['running', 'interrupted', 'cleaning-up'].includes(status),
  );
  return beingMade ? `A server called ${label} is being created.` : undefined;
}
