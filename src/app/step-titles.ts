import { STEP_TITLES, type StepId } from '../services/provisioning/journal/records.js';

/** Steps of a provisioning. */
export const STEP_COUNT = Object.keys(STEP_TITLES).length;

/** `Connecting via SSH`, as the person reads it. */
export function stepTitle(id: StepId): string {
  return STEP_TITLES[id];
}
