import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { HealthEvent, WatchEvent } from '../../../src/core/watch-event.js';
import { HealthPoller } from '../../../src/services/health/health-poller.js';
import { RING_FILE_BYTES } from '../../../src/services/health/history/records.js';
import { SharedHealth } from '../../../src/services/health/shared-health.js';
import { WatchMemoryFile } from '../../../src/services/watching/watch-memory.js';
import { watchServers } from '../../../src/usecases/watch/watch-servers.js';
import { FakeRegistry } from '../../app/fakes/fake-registry.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { SteppedClock } from '../../services/health/stepped-clock.js';
import { serverEntry } from '../../services/registry/server-entry.js';

const PANELS = 1_000;
/** Shortest and longest pause between two looks at a panel. */
const [SOON_MS, LATE_MS] = [27_000, 33_000];
const MINUTE_MS = 60_000;
/** One watch ends, and two minutes later the next begins. */
const [ENDS_MS, BEGINS_MS, HOUR_MS] = [29 * MINUTE_MS, 31 * MINUTE_MS, 60 * MINUTE_MS];
const SERVERS = Array.from({ length: PANELS }, (_, index) =>
  serverEntry({ id: randomUUID(), label: `server-${index}` }),
);

/** Outages by server, ms of the hour: fifty spread over it, one over the restart and one that begins between the watches. */
const OUTAGES = new Map([
  ...SERVERS.slice(0, 50).map(({ id }, index): [string, readonly [number, number]] => {
    const from = (index < 25 ? 2 : 33) * MINUTE_MS + (index % 25) * 50_000;
    return [id, [from, from + 65_000 + index * 3_000]];
  }),
  [SERVERS[50]!.id, [27 * MINUTE_MS, 40 * MINUTE_MS]] as const,
  [SERVERS[51]!.id, [30 * MINUTE_MS, 36 * MINUTE_MS]] as const,
]);

it('tells each outage of a thousand panels in an hour once, with its times, over a restart', async () => {
  const [home, clock] = [await temporaryFolder(), new SteppedClock()];
  const start = clock.now();
  const taken: WatchEvent[] = [];
  const warnings: string[] = [];
  let looks = 0;

  /** Watches until so many ms of the hour are over. */
  async function watchUntil(endMs: number): Promise<void> {
    const poller = new HealthPoller({
      clock,
      // Few different times: each of them takes turns of its own.
      random: () => ((looks * 5) % 8) / 8,
      certificateEnd: () => undefined,
      check: async ({ id }) => {
        looks += 1;
        const [from, to] = OUTAGES.get(id) ?? [Infinity, 0];
        const at = clock.now() - start;
        return at >= from && at < to
          ? { state: 'offline', code: 'panel-timeout', reason: 'no answer' }
          : { state: 'online', latencyMs: 20, version: '1' };
      },
    });
    const warn = (message: string): void => void warnings.push(message);
    const health = new SharedHealth({ home, clock, poller, onError: warn });
    const stop = new AbortController();
    const outlet = {
      name: 'exec' as const,
      target: '/bin/notify',
      send: async (event: WatchEvent) => void taken.push(event),
    };
    const watching = watchServers(
      {
        clock,
        health,
        registry: new FakeRegistry(SERVERS),
        listDroplets: async () => undefined,
        accountReader: () => async () => null,
        memory: new WatchMemoryFile(home, ['exec /bin/notify'], clock, warn),
        outlets: [outlet],
        tell: () => undefined,
        warn,
      },
      stop.signal,
    );
    const end = async (): Promise<void> => {
      stop.abort();
      await watching;
      await health.close();
      poller.dispose();
    };
    onTestFinished(end);
    const before = looks;
    // The lock and the files take time of their own.
    await expect
      .poll(async () => {
        await clock.pass(0);
        return looks - before;
      })
      .toBe(PANELS);
    while (clock.now() - start < endMs) await clock.pass(SOON_MS);
    await end();
  }

  await watchUntil(ENDS_MS);
  const first = looks;
  await clock.pass(start + BEGINS_MS - clock.now());
  await watchUntil(HOUR_MS);

  expect(warnings).toEqual([]);
  for (const [count, ms] of [
    [first, ENDS_MS],
    [looks - first, HOUR_MS - BEGINS_MS],
  ] as const) {
    expect(count / PANELS).toBeGreaterThan(ms / LATE_MS);
    expect(count / PANELS).toBeLessThan((ms + SOON_MS) / SOON_MS + 1);
  }
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
  for (const [id, [from, to]] of OUTAGES) {
    const events = taken.filter((event): event is HealthEvent => event.server?.id === id);
    expect(events.map(({ state }) => state)).toEqual(['offline', 'online']);
    const [begin, over] = events.map(({ at }) => Date.parse(at) - start) as [number, number];
    expect(begin).toBeGreaterThanOrEqual(from);
    expect(begin).toBeLessThan(Math.max(from, from > ENDS_MS ? BEGINS_MS : 0) + LATE_MS);
    expect(over).toBeGreaterThanOrEqual(to);
    expect(over).toBeLessThan(to + LATE_MS);
    expect(events[1]!.beforeSince).toBe(events[0]!.at);
  }
  expect(taken).toHaveLength(2 * OUTAGES.size);
  const sizes = await Promise.all(
    SERVERS.map(async ({ id }) => (await stat(join(home, 'servers', id, 'history.ring'))).size),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(RING_FILE_BYTES);
}, 120_000);
