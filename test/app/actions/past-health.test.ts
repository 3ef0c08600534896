import { describe, expect, it } from 'vitest';
import {
  binsOf,
  FIVE_MS,
  HOUR_MS,
  type Sample,
} from '../../../src/services/health/history/history.js';
import { EDGE, FakeWorld, LAB } from '../fakes/fake-world.js';
import { startAppWithoutScreens } from '../fakes/running-app.js';

const MINUTE_MS = 60_000;

/** A day of looks that end now, without an answer from `from` to `to`; minutes ago. */
function keepHistory(
  world: FakeWorld,
  id: string,
  gaps: readonly { readonly from: number; readonly to: number }[],
): void {
  const now = world.clock.now();
  const samples = Array.from({ length: 2_880 }, (_, index): Sample => {
    const at = now - (2_880 - index) * 30_000;
    const ago = (now - at) / MINUTE_MS;
    return { at, latencyMs: gaps.some(({ from, to }) => ago <= from && ago > to) ? undefined : 20 };
  });
  world.health.histories.set(id, {
    samples,
    fives: binsOf(samples, FIVE_MS),
    hours: binsOf(samples, HOUR_MS),
    outages: gaps.map(({ from, to }) => ({
      from: now - from * MINUTE_MS,
      to: to === 0 ? undefined : now - to * MINUTE_MS,
    })),
  });
}

/** Started, and over its first frame. */
async function start(world: FakeWorld) {
  const running = await startAppWithoutScreens(world);
  await world.clock.pass(500);
  return running;
}

async function backAfter(world: FakeWorld, minutes: number) {
  world.screenState = { seenAt: world.clock.now() - minutes * MINUTE_MS };
  const running = await start(world);
  await expect.poll(() => world.screenState.seenAt).toBe(world.clock.now());
  await running.app.store.idle();
  return running;
}

describe('what happened while no screen was open', () => {
  it('is told with its begin and length, and once', async () => {
    const world = new FakeWorld({ servers: [EDGE, LAB] });
    keepHistory(world, LAB.id, [{ from: 100, to: 86 }]);
    const running = await backAfter(world, 600);
    const text = 'While you were away: nyc3-lab was offline for 14 min, from 12:20.';
    expect(running.lastToast).toBe(text);
    expect(running.state.activity.map((each) => each.text)).toEqual([text]);

    const again = await start(world);
    await again.app.store.idle();
    expect(again.state.toasts).toEqual([]);
  });

  it('is summed up where there were several, with a line for each in the activity log', async () => {
    const world = new FakeWorld({ servers: [EDGE, LAB] });
    keepHistory(world, EDGE.id, [
      { from: 300, to: 290 },
      { from: 20, to: 0 },
    ]);
    keepHistory(world, LAB.id, [{ from: 100, to: 86 }]);
    const running = await backAfter(world, 295);
    expect(running.lastToast).toBe(
      'While you were away: 3 outages of 2 servers, the longest 14 min. L shows them.',
    );
    expect(running.state.activity.map((each) => each.text)).toEqual([
      // Was offline already when the last screen closed.
      'While you were away: fra1-edge was offline for 10 min, from 09:00.',
      'While you were away: nyc3-lab was offline for 14 min, from 12:20.',
      'While you were away: fra1-edge went offline at 13:40.',
      running.lastToast,
    ]);
  });

  it('is nothing at the first start, and for outages that a screen has seen', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    keepHistory(world, EDGE.id, [{ from: 300, to: 290 }]);
    const first = await start(world);
    expect(first.state.activity).toEqual([]);
    const running = await backAfter(world, 200);
    expect(running.state.activity).toEqual([]);
  });

  it('writes nothing without a server', async () => {
    const world = new FakeWorld({ servers: [] });
    await start(world);
    expect(world.screenState).toEqual({});
  });
});

describe('what is kept of the last 24 hours', () => {
  it('is in the rows after a start, and grows with each look', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    keepHistory(world, EDGE.id, [{ from: 300, to: 290 }]);
    const running = await start(world);
    const strip = () => running.state.strips.get(EDGE.id) ?? [];
    await expect.poll(strip).toHaveLength(8);
    expect(strip().map(({ failed }) => failed)).toEqual([0, 0, 0, 0, 0, 0, 20, 0]);
    const { count, failed } = strip().at(-1)!;

    const health = { state: 'offline', since: 0, reason: 'refused', code: 'ECONNREFUSED' } as const;
    world.health.report({ serverId: EDGE.id, samples: [undefined], health });
    expect(strip().at(-1)).toMatchObject({ count: count + 1, failed: failed + 1 });
    await world.clock.pass(3 * 3_600_000);
    world.health.report({ serverId: EDGE.id, samples: [undefined], health });
    expect(strip().map((bucket) => bucket.failed)).toEqual([0, 0, 0, 0, 0, 20, 1, 1]);
  });

  it('counts no look that a missing certificate kept from being one', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const running = await start(world);
    const lacks = 'client-certificate' as const;
    const health = { state: 'certificate-needed', since: 0, reason: 'none here', lacks } as const;
    world.health.report({ serverId: EDGE.id, samples: [undefined], health });
    expect(running.state.strips.get(EDGE.id)?.every(({ count }) => count === 0)).toBe(true);
  });
});
