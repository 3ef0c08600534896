import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../fixtures/settings.js';
import { initialState, type RunningAction } from '../../src/app/state.js';
import { Store } from '../../src/app/store.js';
import { FakeWorld } from './fakes/fake-world.js';

function newStore(): Store {
  const { environment, keystore } = new FakeWorld().ports;
  return new Store(initialState({ settings: DEFAULT_SETTINGS, environment, keystore }));
}

function action(id: number): RunningAction {
  return {
    id,
    title: `action ${id}`,
    startedAt: 0,
    waiting: undefined,
    subject: undefined,
    keepsOpen: false,
    quiet: false,
  };
}

describe('store', () => {
  it('tells its listeners of changes only', () => {
    const store = newStore();
    let changes = 0;
    store.onChange(() => (changes += 1));
    store.dispatch({ type: 'route-closed' });
    expect(changes).toBe(0);
    store.dispatch({ type: 'route-opened', route: { screen: 'create-server' } });
    expect(changes).toBe(1);
  });

  it('is idle once the last action has ended, and not before', async () => {
    const store = newStore();
    store.dispatch({ type: 'action-started', action: action(1) });
    store.dispatch({ type: 'action-started', action: action(2) });
    let idle = false;
    const waiting = store.idle().then(() => (idle = true));
    store.dispatch({ type: 'action-ended', id: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).toBe(false);
    store.dispatch({ type: 'action-ended', id: 2 });
    await waiting;
    expect(idle).toBe(true);
  });

  it('is idle at once when nothing runs', async () => {
    await newStore().idle();
  });
});
