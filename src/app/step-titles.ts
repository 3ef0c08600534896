import { STEP_TITLES, type StepId } from '../services/provisioning/records.js';

/** `Connecting via SSH`, as the person reads it. */
export function stepTitle(id: StepId): string {
  return STEP_TITLES[id];
}
