import { afterEach, describe, expect, it } from 'vitest';
import { ACTIONS, type ActingWorld, actingWorld } from '../fixtures/acting-world.js';
import { KINDS, TIMES } from './api/kinds.js';

let opened: ActingWorld | undefined;
afterEach(async () => await opened?.sandbox.close());
const world = async (...options: Parameters<typeof actingWorld>): Promise<ActingWorld> =>
  (opened = await actingWorld(...options));

/** What the request itself may meet: it acts once at most, and the end says so or is what was asked for. */
describe.each(KINDS)('a request that meets $name', ({ fault, acts }) => {
  it.each(TIMES)('%s is made once at most', async (times) => {
    const { controls, act, status, had } = await world();
    controls.addFault({ ...fault, times, match: { method: 'POST', path: ACTIONS } });
    const end = await act({ type: 'power_off' }).then(
      () => 'done',
      (error: unknown) => (error as { readonly code: string }).code,
    );
    controls.clearFaults();
    const made = await had();
    expect(made.length).toBeLessThanOrEqual(1);
    if (end === 'done') expect(await status()).toBe('off');
    // What certainly began is found, and nothing that did not is claimed.
    if (acts) expect(end).toBe('done');
    if (end === 'action-unconfirmed') expect(made).toEqual([]);
  });
});

describe.each(KINDS.filter(({ acts }) => !acts))('looks at an action that meet $name', (kind) => {
  it.each([1, 3] as const)('%s times change nothing about its end', async (times) => {
    const { controls, act, had } = await world();
    controls.addFault({ ...kind.fault, times, match: { method: 'GET', path: `${ACTIONS}/*` } });
    expect(await act({ type: 'power_off' })).toMatchObject({ status: 'off' });
    expect(await had()).toEqual(['power_off']);
  });
});
