import { describe, expect, it } from 'vitest';
import type { AppEvent } from '../../../src/app/events.js';
import { reduce } from '../../../src/app/store.js';
import { DEFAULT_SETTINGS } from '../../fixtures/settings.js';
import { type AppState, initialState, KEPT_ACTIVITIES } from '../../../src/app/state.js';
import { EDGE, FakeWorld, LAB } from '../fakes/fake-world.js';

const { environment, keystore } = new FakeWorld().ports;
const START = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });

function after(...events: readonly AppEvent[]): AppState {
  return events.reduce(reduce, START);
}

describe('routes', () => {
  it('never leave the servers list', () => {
    expect(after({ type: 'route-closed' }).routes).toEqual([{ screen: 'servers' }]);
    const route = { screen: 'provisioning', operationId: 'op1' } as const;
    expect(after({ type: 'route-replaced', route }).routes).toEqual([{ screen: 'servers' }, route]);
  });

  it('close what lies above them', () => {
    const state = after(
      { type: 'route-opened', route: { screen: 'create-server' } },
      { type: 'overlay-opened', overlay: 'help' },
      { type: 'route-closed' },
    );
    expect(state.overlay).toBeUndefined();
  });

  it('forget the wizard that was left', () => {
    const state = after(
      { type: 'wizard-opened' },
      { type: 'route-opened', route: { screen: 'create-server' } },
      { type: 'route-closed' },
    );
    expect(state.wizard).toBeUndefined();
  });
});

describe('messages', () => {
  it('are kept for the activity log, the latest of them', () => {
    const events = Array.from({ length: KEPT_ACTIVITIES + 1 }, (_, id): AppEvent => {
      return { type: 'toast-shown', toast: { id, style: 'ok', text: `message ${id}` }, at: id };
    });
    const { activity } = after(...events);
    expect(activity.length).toBe(KEPT_ACTIVITIES);
    expect(activity.at(-1)?.text).toBe(`message ${KEPT_ACTIVITIES}`);
  });
});

describe('health', () => {
  const online = {
    type: 'health-changed',
    serverId: EDGE.id,
    samples: [],
    health: { state: 'online', since: 0, latencyMs: 9, version: undefined },
  } as const;

  it('is known only of servers in the list', () => {
    expect(after(online).health).toEqual(new Map());
    const { health } = after({ type: 'servers-loaded', servers: [EDGE] }, online);
    expect([...health.keys()]).toEqual([EDGE.id]);
  });

  it('is forgotten with its server', () => {
    const state = after({ type: 'servers-loaded', servers: [EDGE] }, online, {
      type: 'servers-loaded',
      servers: [LAB],
    });
    expect(state.health).toEqual(new Map());
  });
});

describe('the end', () => {
  it('has one reason: the first', () => {
    const state = after({ type: 'exit', reason: 'try-sandbox' }, { type: 'exit', reason: 'quit' });
    expect(state.exit).toBe('try-sandbox');
  });
});
