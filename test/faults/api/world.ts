import { NO_DELAYS } from '../../fixtures/no-delays.js';
import {
  openProvisioningWorld,
  type ProvisioningWorld,
} from '../../fixtures/provisioning-world.js';
import { hastyClock } from '../hasty-clock.js';
import type { Scenario } from './scenarios.js';

/** Real limits and budgets, passed so many times faster. */
const HASTE = 25;
/** Half a minute. */
const ANSWER_LIMIT_MS = 30_000 / HASTE;
const NO_LIMIT = 1_000_000;

/** What DigitalOcean does late, in real milliseconds: some seconds for the program. */
const LAGS = {
  ...NO_DELAYS,
  keyUsableMs: 30,
  dropletReadableMs: 40,
  dropletTaggedMs: 60,
  dropletListedMs: 200,
  bootMs: 100,
  addressMs: 30,
  deleteMs: 60,
};

export async function openWorld(scenario: Scenario): Promise<ProvisioningWorld> {
  const world = await openProvisioningWorld({
    sandbox: {
      delays: LAGS,
      rateLimits: { perHour: NO_LIMIT, perMinute: NO_LIMIT, keyListsPerMinute: NO_LIMIT },
    },
    clock: hastyClock(HASTE),
    timeFactor: 1,
    answerLimitMs: ANSWER_LIMIT_MS,
  });
  scenario.prepare(world.sandbox.controls);
  return world;
}
