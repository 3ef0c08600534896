import { describe, expect, it, onTestFinished } from 'vitest';
import { HealthPoller } from '../../../src/services/health/health-poller.js';
import type { CheckResult, HealthChange } from '../../../src/services/health/health.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import { serverEntry } from '../registry/server-entry.js';
import { settle, SteppedClock } from './stepped-clock.js';

const ONLINE: CheckResult = { state: 'online', latencyMs: 20, version: '1' };
const OFFLINE: CheckResult = { state: 'offline', code: 'panel-timeout', reason: 'no answer' };

function servers(count: number): ServerEntry[] {
  return Array.from({ length: count }, (_, index) => serverEntry({ id: `s${index}` }));
}

interface World {
  /** What a check of the server ends with, and after how long. */
  answer: (id: string) => { afterMs: number; result: CheckResult };
}

function setUp(world: Partial<World> = {}) {
  const clock = new SteppedClock();
  const answer = world.answer ?? (() => ({ afterMs: 50, result: ONLINE }));
  const running = new Map<string, number>();
  const started: { id: string; at: number; fresh: boolean }[] = [];
  const forgotten: string[] = [];
  let most = 0;
  let doubles = 0;
  const poller = new HealthPoller({
    clock,
    onForget: (id) => forgotten.push(id),
    check: async (server, { signal, fresh }) => {
      const { id } = server;
      started.push({ id, at: clock.monotonic(), fresh });
      if (running.has(id)) doubles++;
      running.set(id, 1);
      most = Math.max(most, running.size);
      try {
        const { afterMs, result } = answer(id);
        await clock.sleep(afterMs, signal);
        return result;
      } finally {
        running.delete(id);
      }
    },
  });
  onTestFinished(() => poller.dispose());
  const changes: HealthChange[] = [];
  poller.onChange((change) => changes.push(change));
  return {
    clock,
    poller,
    started,
    changes,
    forgotten,
    running,
    seen: () => ({ most, doubles }),
    startsOf: (id: string) => started.filter((each) => each.id === id).map((each) => each.at),
  };
}

describe('1,000 servers', () => {
  it('are all looked at, 32 at a time, none twice at once, and spread out from then on', async () => {
    const { clock, poller, changes, seen, started, startsOf } = setUp();
    poller.setServers(servers(1_000));
    await clock.pass(2_000);
    expect(new Set(started.map(({ id }) => id)).size).toBe(1_000);
    expect(seen()).toEqual({ most: 32, doubles: 0 });
    expect(changes.filter(({ health }) => health.state === 'online')).toHaveLength(1_000);
    await clock.pass(100_000);
    expect(seen()).toEqual({ most: 32, doubles: 0 });
    const pauses = servers(1_000).flatMap(({ id }) => {
      const starts = startsOf(id);
      return starts.slice(1).map((at, index) => at - starts[index]! - 50);
    });
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(27_000);
    expect(Math.max(...pauses)).toBeLessThan(33_000 + 1_600);
    // Jittered: not everybody waited the same time.
    expect(new Set(pauses.map(Math.round)).size).toBeGreaterThan(500);
  });

  it('of which 200 never answer, do not keep the others waiting', async () => {
    const dead = (id: string): boolean => Number(id.slice(1)) < 200;
    const { clock, poller, startsOf, seen } = setUp({
      answer: (id) =>
        dead(id) ? { afterMs: 10_000, result: OFFLINE } : { afterMs: 50, result: ONLINE },
    });
    poller.setServers(servers(1_000));
    await clock.pass(200_000);
    expect(seen()).toEqual({ most: 32, doubles: 0 });
    const alive = servers(1_000).filter(({ id }) => !dead(id));
    const late = alive.flatMap(({ id }) => {
      const starts = startsOf(id).filter((at) => at > 100_000);
      return starts.slice(1).map((at, index) => at - starts[index]! - 50);
    });
    expect(Math.max(...late)).toBeLessThan(36_000);
    // The dead ones get their turn all the same.
    for (const { id } of servers(200)) expect(startsOf(id).length).toBeGreaterThan(1);
  });

  it('cost as much a look as 200 do', async () => {
    const usedBy = async (count: number): Promise<number> => {
      const { clock, poller, changes } = setUp();
      const before = process.cpuUsage();
      poller.setServers(servers(count));
      while (changes.length < 2 * count) await clock.pass(50);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / count;
    };
    await usedBy(200);
    const least = await usedBy(200);
    // Going over all servers at the end of each look takes 20 times the time among 4,000.
    expect(await usedBy(4_000)).toBeLessThan(4 * least);
  });

  it('leave nothing running or waiting when the poller is disposed', async () => {
    const { clock, poller, changes, running } = setUp();
    poller.setServers(servers(1_000));
    await clock.pass(120);
    expect(running.size).toBe(32);
    const before = changes.length;
    poller.dispose();
    poller.dispose();
    poller.refresh();
    poller.setServers(servers(3));
    await settle();
    expect([running.size, clock.sleeping]).toEqual([0, 0]);
    await clock.pass(120_000);
    expect(changes).toHaveLength(before);
  });
});

describe('what is known of a server', () => {
  it('begins with checking, and keeps since when it is as it is', async () => {
    let result: CheckResult = ONLINE;
    const { clock, poller, changes } = setUp({ answer: () => ({ afterMs: 50, result }) });
    poller.setServers(servers(1));
    expect(changes.map(({ health }) => health.state)).toEqual(['checking']);
    await clock.pass(100);
    const first = poller.healthOf('s0');
    expect(first).toEqual({ ...ONLINE, since: clock.now() - 50 });
    await clock.pass(40_000);
    expect(poller.healthOf('s0')).toEqual(first);
    result = OFFLINE;
    await clock.pass(40_000);
    const health = poller.healthOf('s0');
    expect(health).toMatchObject({ state: 'offline', reason: 'no answer', code: 'panel-timeout' });
    expect(health).not.toMatchObject({ since: (first as { since: number }).since });
    expect(poller.healthOf('unknown')).toBeUndefined();
  });

  it('includes the latencies of the last 10 minutes, with gaps', async () => {
    let count = 0;
    const { clock, poller, changes } = setUp({
      answer: () => {
        count++;
        const result: CheckResult = count === 2 ? OFFLINE : { ...ONLINE, latencyMs: count };
        return { afterMs: 50, result };
      },
    });
    poller.setServers(servers(1));
    await clock.pass(70_000);
    expect(changes.at(-1)?.samples).toEqual([1, undefined, 3]);
    await clock.pass(3_600_000);
    const samples = changes.at(-1)!.samples;
    expect(samples.length).toBeGreaterThanOrEqual(18);
    expect(samples.length).toBeLessThanOrEqual(23);
    expect(samples.at(-1)).toBe(count);
  });

  it('is offline when the look itself fails', async () => {
    const { clock, poller } = setUp({
      answer: () => {
        throw new Error('broken');
      },
    });
    poller.setServers(servers(1));
    await clock.pass(10);
    expect(poller.healthOf('s0')).toMatchObject({ state: 'offline', code: 'check-failed' });
  });
});

describe('the list of servers', () => {
  it('may change at any time: gone ones are stopped, changed ones looked at anew', async () => {
    const { clock, poller, changes, started, forgotten, seen } = setUp();
    const [a, b, c] = servers(3) as [ServerEntry, ServerEntry, ServerEntry];
    poller.setServers([a, b, c]);
    await clock.pass(20);
    // In the middle of the first look: one goes, one moves, one only gets another label.
    const moved = { ...b, panelUrl: 'https://203.0.113.99:9292' };
    poller.setServers([moved, { ...c, label: 'renamed', active: true }]);
    expect(forgotten).toEqual([a.id, b.id]);
    await clock.pass(200);
    expect(started.map(({ id }) => id)).toEqual([a.id, b.id, c.id, b.id]);
    expect(changes.filter(({ serverId }) => serverId === a.id)).toHaveLength(1);
    expect(poller.healthOf(a.id)).toBeUndefined();
    expect(poller.healthOf(b.id)?.state).toBe('online');
    expect(seen().doubles).toBe(0);
  });

  it('may lose a server and get it back while its look is still under way', async () => {
    const clock = new SteppedClock();
    let running = 0;
    let most = 0;
    const poller = new HealthPoller({
      clock,
      // A look that does not stop when told to.
      check: async () => {
        most = Math.max(most, ++running);
        await clock.sleep(50);
        running--;
        return ONLINE;
      },
    });
    onTestFinished(() => poller.dispose());
    poller.setServers(servers(1));
    poller.setServers([]);
    poller.setServers(servers(1));
    await clock.pass(40);
    expect(poller.healthOf('s0')?.state).toBe('checking');
    await clock.pass(100);
    expect(poller.healthOf('s0')?.state).toBe('online');
    expect(most).toBe(1);
  });
});

describe('a refresh', () => {
  it('looks at once, at one or at all, and says that a person asked', async () => {
    const { clock, poller, started } = setUp();
    poller.setServers(servers(3));
    await clock.pass(1_000);
    started.length = 0;
    poller.refresh('s1');
    await clock.pass(100);
    expect(started.map(({ id, fresh }) => [id, fresh])).toEqual([['s1', true]]);
    poller.refresh();
    poller.refresh('unknown');
    await clock.pass(100);
    expect(started.map(({ id }) => id).sort()).toEqual(['s0', 's1', 's1', 's2']);
    await clock.pass(40_000);
    expect(started.filter(({ fresh }) => fresh)).toHaveLength(4);
  });

  it('during a look is one more look, after it and never beside it', async () => {
    const { clock, poller, started, seen } = setUp();
    poller.setServers(servers(1));
    await clock.pass(10);
    poller.refresh('s0');
    poller.refresh('s0');
    await clock.pass(1_000);
    expect(started.map(({ fresh }) => fresh)).toEqual([false, true]);
    expect(seen().doubles).toBe(0);
  });
});
