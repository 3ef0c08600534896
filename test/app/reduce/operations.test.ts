import { describe, expect, it } from 'vitest';
import { reduce } from '../../../src/app/store.js';
import { DEFAULT_SETTINGS } from '../../fixtures/settings.js';
import { type AppState, initialState, KEPT_LOG_ENTRIES } from '../../../src/app/state.js';
import type { JournalRecord } from '../../../src/services/provisioning/journal/records.js';
import { FakeWorld } from '../fakes/fake-world.js';

/** A state that follows one provisioning, and what its list says. */
async function following(): Promise<{ world: FakeWorld; id: string; state: AppState }> {
  const world = new FakeWorld();
  const { environment, keystore } = world.ports;
  const id = world.operations.add({ label: 'edge', region: 'fra1' });
  let state = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });
  state = reduce(state, { type: 'operations-listed', operations: await world.operations.list() });
  const ignore = (): void => undefined;
  world.operations.watch({
    onChange: (operations) => (state = reduce(state, { type: 'operations-listed', operations })),
    onError: ignore,
  });
  world.operations.follow(id, {
    onNews(news) {
      if (news.kind === 'state') return;
      const { records, fromStart } = news;
      state = reduce(state, { type: 'operation-records', operationId: id, records, fromStart });
    },
    onError: ignore,
  });
  return {
    world,
    id,
    get state() {
      return state;
    },
  };
}

describe('operations', () => {
  it('are those of the last look, and no new state when nothing changed', async () => {
    const test = await following();
    test.world.operations.write(test.id, {
      event: 'step',
      step: 'validate_token',
      status: 'running',
    });
    const before = test.state;
    const [operation] = before.operations.list;
    expect(operation?.status).toBe('running');
    expect(operation?.steps[0]).toMatchObject({ id: 'validate_token', status: 'running' });
    await test.world.operations.list();
    expect(test.state).toBe(before);
    test.world.operations.killWorker(test.id);
    expect(test.state.operations.list[0]?.status).toBe('interrupted');
  });

  it('stay while they are looked at, even when another program forgot them', async () => {
    const test = await following();
    const forgotten = { type: 'operations-listed', operations: [] } as const;
    expect(reduce(test.state, forgotten).operations.list).toEqual([]);
    const route = { screen: 'provisioning', operationId: test.id } as const;
    const looking = reduce(test.state, { type: 'route-opened', route });
    expect(reduce(looking, forgotten).operations.list).toEqual(test.state.operations.list);
  });

  it('keep the end of a long log and count all of it', async () => {
    const test = await following();
    const records = Array.from({ length: KEPT_LOG_ENTRIES + 5 }, (_, index): JournalRecord => {
      return { at: index, event: 'log', step: 'install_portlama', text: `line ${index}` };
    });
    const state = reduce(test.state, {
      type: 'operation-records',
      operationId: test.id,
      records,
      fromStart: false,
    });
    const log = state.operations.logs[test.id];
    expect(log?.entries.length).toBe(KEPT_LOG_ENTRIES);
    expect(log?.total).toBe(KEPT_LOG_ENTRIES + 5);
    expect(log?.entries.at(-1)?.text).toBe(`line ${KEPT_LOG_ENTRIES + 4}`);
  });

  it('say once what is waited for, however often it is tried', async () => {
    const test = await following();
    const waits = (text: string): void =>
      test.world.operations.write(test.id, { event: 'waiting', step: 'wait_ssh', text });
    for (const text of ['refused', 'refused', 'timed out', 'refused', 'refused']) waits(text);
    const { entries, total } = test.state.operations.logs[test.id] ?? { entries: [] };
    expect(entries.map((entry) => entry.text)).toEqual(['refused', 'timed out', 'refused']);
    expect(total).toBe(3);
  });

  it('begin the log anew when a journal is read from the start again', async () => {
    const test = await following();
    test.world.operations.write(test.id, { event: 'log', step: 'wait_ssh', text: 'connected' });
    expect(test.state.operations.logs[test.id]?.total).toBe(1);
    const first = { at: 1, event: 'log', step: 'wait_ssh', text: 'again' } as const;
    const state = reduce(test.state, {
      type: 'operation-records',
      operationId: test.id,
      records: [first],
      fromStart: true,
    });
    expect(state.operations.logs[test.id]).toMatchObject({
      entries: [{ text: 'again' }],
      total: 1,
    });
  });

  it('are gone with their log once forgotten', async () => {
    const test = await following();
    const state = reduce(test.state, { type: 'operation-forgotten', operationId: test.id });
    expect(state.operations.list).toEqual([]);
    expect(state.operations.logs).toEqual({});
  });
});
