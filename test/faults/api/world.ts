import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
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

export const ZONE = 'example.com';
/** The name leads here before. */
export const OLD_RECORD = { type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
const WITH_DOMAIN = {
  token: SANDBOX_TOKENS.domains.token,
  domain: { name: `lab.${ZONE}`, zone: ZONE, override: true },
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
    ...(scenario.hasDomain === true ? WITH_DOMAIN : {}),
  });
  if (scenario.hasDomain === true) {
    await world.ports.api.createDomain(ZONE);
    await world.ports.api.createRecord(ZONE, OLD_RECORD);
  }
  scenario.prepare(world.sandbox.controls);
  return world;
}
