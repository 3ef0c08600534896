import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { plainLine } from '../../src/cli/record-lines.js';
import { type Clock, systemClock } from '../../src/core/time.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { provisioningWorld } from '../fixtures/provisioning.js';

const HOUR_MS = 3_600_000;

/** A clock that somebody sets when it is read for the nth time; what passed is told by `monotonic` alone. */
class SettableClock implements Clock {
  private offsetMs = 0;
  private reads = 0;

  constructor(private readonly jumps: readonly Jump[]) {}

  now(): number {
    this.reads++;
    for (const [read, byMs] of this.jumps) if (read === this.reads) this.offsetMs += byMs;
    return systemClock.now() + this.offsetMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal);
  }
}

type Jump = readonly [read: number, byMs: number];

describe('a clock that is set in the middle', () => {
  it.each<[string, readonly Jump[]]>([
    ['hours back', [[20, -5 * HOUR_MS]]],
    ['hours ahead', [[30, 7 * HOUR_MS]]],
    [
      'back and forth',
      [
        [10, 9 * HOUR_MS],
        [25, -9 * HOUR_MS],
        [40, -2 * HOUR_MS],
        [80, 24 * HOUR_MS],
      ],
    ],
  ])('ends no wait early or late, and no time that is shown jumps: %s', async (_name, jumps) => {
    const clock = new SettableClock(jumps);
    const delays = { ...NO_DELAYS, bootMs: 300, sshMs: 300, dropletReadableMs: 100 };
    const world = await provisioningWorld({ clock, sandbox: { delays } });
    const began = systemClock.monotonic();
    expect(await world.run()).toBe('succeeded');
    const tookMs = systemClock.monotonic() - began;
    expect(world.created().droplets).toHaveLength(1);
    const operation = await world.operation();
    const shown = [operation, ...operation.steps].map(
      ({ startedAt = NaN, endedAt = NaN }) => endedAt - startedAt,
    );
    for (const ms of shown) {
      expect(ms).toBeGreaterThanOrEqual(-50);
      expect(ms).toBeLessThan(tookMs + 50);
    }
    const told = (await world.records())
      .filter(({ event }) => event === 'clock')
      .map((record) => plainLine(record, { sandbox: false }));
    expect(told).toHaveLength(jumps.length);
    for (const [index, [, byMs]] of jumps.entries()) {
      const way = byMs < 0 ? 'was set back by' : 'jumped ahead by';
      expect(told[index]).toContain(`this machine’s clock ${way} ${Math.abs(byMs) / HOUR_MS} h`);
    }
  });

  it('is not told while nothing happened to it', async () => {
    const world = await provisioningWorld();
    await world.run();
    expect((await world.records()).filter(({ event }) => event === 'clock')).toEqual([]);
  });

  it('leaves the times of servers.json as the time of day was', async () => {
    const clock = new SettableClock([[1, -48 * HOUR_MS]]);
    const world = await provisioningWorld({ clock });
    await world.run();
    const [server] = JSON.parse(await readFile(world.ports.registry.path, 'utf8')) as [
      { createdAt: string },
    ];
    expect(Math.abs(Date.parse(server.createdAt) - clock.now())).toBeLessThan(60_000);
  });
});
