import { expect, it } from 'vitest';
import { estimate, usualTimes } from '../../src/app/remaining-time.js';
import type { Operation, PastOperation } from '../../src/services/provisioning/operations.js';
import { stepsOf } from '../../src/services/provisioning/steps/index.js';

const PAST: PastOperation = {
  id: 'a',
  serverId: 's',
  label: 'edge',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  end: 'succeeded',
  startedAt: 0,
  endedAt: 1,
  reason: undefined,
};
const took = (...lengths: readonly unknown[]): PastOperation[] =>
  lengths.map((ms) => ({ ...PAST, steps: { wait_ssh: ms as number } }));

it('learns the median of the five newest that succeeded', () => {
  expect(usualTimes(took(30, 10, 20, 50, 40, 9_000, 9_000))).toEqual({ wait_ssh: 30 });
  expect(usualTimes([{ ...PAST, end: 'failed', steps: { wait_ssh: 7 } }, PAST])).toEqual({});
});

it('passes over what is no length', () => {
  expect(usualTimes(took('8', null, -1, 5))).toEqual({ wait_ssh: 5 });
});

const NOW = 1_000_000;
function running(done: number, elapsedMs: number): Operation {
  const steps = stepsOf({}).map(({ id }, index) => ({
    id,
    status: index < done ? ('done' as const) : index === done ? ('running' as const) : 'pending',
    startedAt: index === done ? NOW - elapsedMs : undefined,
    endedAt: undefined,
  }));
  return { steps } as unknown as Operation;
}
const at = (done: number, elapsedMs: number, sandbox = false) =>
  estimate(running(done, elapsedMs), {}, { sandbox, now: NOW });

it('goes by the length of steps: installing is most of the time', () => {
  expect(at(0, 0).share).toBe(0);
  expect(at(6, 0).share).toBeLessThan(0.45);
  expect(at(7, 0).share).toBeGreaterThan(0.9);
  expect(at(0, 0).leftMs).toBeGreaterThan(200_000);
  expect(at(0, 0, true).leftMs).toBeLessThan(30_000);
});

it('grows with the time, and never says that nothing is left of a step that takes longer', () => {
  expect(at(6, 60_000).leftMs).toBe(at(6, 0).leftMs - 60_000);
  expect(at(6, 9_000_000).leftMs).toBe(at(7, 0).leftMs + 13_300);
  expect(at(6, 9_000_000).share).toBeLessThan(1);
});
