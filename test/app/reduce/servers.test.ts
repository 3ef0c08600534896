import { describe, expect, it } from 'vitest';
import type { AppEvent } from '../../../src/app/events.js';
import { reduce } from '../../../src/app/store.js';
import { serverRows } from '../../../src/app/server-rows.js';
import { DEFAULT_SETTINGS } from '../../fixtures/settings.js';
import { type AppState, initialState } from '../../../src/app/state.js';
import type { OperationStatus } from '../../../src/services/provisioning/operations.js';
import { droplet } from '../fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB } from '../fakes/fake-world.js';

const world = new FakeWorld();
const OPERATION_ID = world.operations.add({ label: 'new', region: 'fra1' });
const START = initialState({ settings: DEFAULT_SETTINGS, ...world.ports });

function after(...events: readonly AppEvent[]): AppState {
  return events.reduce(reduce, START);
}

const LISTED: AppEvent = { type: 'servers-loaded', servers: [EDGE, LAB] };
const UNLISTED = { droplet: droplet(7), operationId: OPERATION_ID, operation: undefined };
const COMPARED: AppEvent = {
  type: 'droplets-compared',
  report: { unlisted: [UNLISTED], gone: [LAB] },
};

async function operations(status: OperationStatus): Promise<AppEvent> {
  const [operation] = await world.operations.list();
  return { type: 'operations-listed', operations: [{ ...operation!, status }] };
}

describe('unlisted droplets', () => {
  it('are rows of the list, after all others', () => {
    const rows = serverRows(after(LISTED, COMPARED));
    expect(rows.map(({ kind, id }) => [kind, id])).toEqual([
      ['server', EDGE.id],
      ['server', LAB.id],
      ['unlisted', 'droplet 7'],
    ]);
  });

  it('are none once they are in the list, whoever put them there', () => {
    const adopted = { ...EDGE, id: 'other', providerId: '7' };
    const list: AppEvent = { type: 'servers-loaded', servers: [EDGE, adopted] };
    expect(after(LISTED, COMPARED, list).droplets.unlisted).toEqual([]);
    expect(after(list, COMPARED).droplets.unlisted).toEqual([]);
    // It left the list again, and nobody has compared since: nothing is known of it.
    expect(after(LISTED, COMPARED, list, LISTED).droplets.unlisted).toEqual([]);
  });

  it.each(['running', 'cleaning-up', 'interrupted', 'failed-with-leftovers'] as const)(
    'are none while their provisioning is %s: they belong to its row',
    async (status) => {
      const listed = await operations(status);
      expect(after(LISTED, listed, COMPARED).droplets.unlisted).toEqual([]);
      expect(after(LISTED, COMPARED, listed).droplets.unlisted).toEqual([]);
    },
  );

  it.each(['failed', 'succeeded'] as const)(
    'are what a provisioning that %s did not know of',
    async (status) => {
      expect(after(LISTED, await operations(status), COMPARED).droplets.unlisted).toEqual([
        UNLISTED,
      ]);
    },
  );

  it('are none once they were seen to end, however long DigitalOcean lists them', () => {
    const ended: AppEvent = { type: 'droplet-ended', dropletId: 7 };
    expect(after(LISTED, COMPARED, ended).droplets.unlisted).toEqual([]);
    expect(after(LISTED, COMPARED, ended, COMPARED).droplets.unlisted).toEqual([]);
  });
});

describe('servers whose droplet is gone', () => {
  it('are known by their id, until they are off the list', () => {
    expect(after(LISTED, COMPARED).droplets.gone).toEqual([LAB.id]);
    const without: AppEvent = { type: 'servers-loaded', servers: [EDGE] };
    expect(after(LISTED, COMPARED, without).droplets.gone).toEqual([]);
  });

  it('leave the state alone where there is nothing to tell', () => {
    const state = after(LISTED, COMPARED);
    const email = 'ops@example.com';
    const next = reduce(state, { type: 'account-known', email });
    expect(next.droplets).toBe(state.droplets);
  });
});
