import { describe, expect, it } from 'vitest';
import { poll } from '../../../src/services/provisioning/timing.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const signal = new AbortController().signal;

describe('poll', () => {
  it('looks often at first and stays within 45 looks in five minutes', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const found = await poll(
      () => {
        looks++;
        return Promise.resolve(undefined);
      },
      { clock, timeoutMs: 300_000, minPollMs: 300, signal },
    );
    expect(found).toBeUndefined();
    expect(looks).toBeGreaterThan(20);
    expect(looks).toBeLessThanOrEqual(45);
    expect(clock.sleeps[0]).toBe(300);
    expect(Math.max(...clock.sleeps)).toBeLessThanOrEqual(15_000);
    expect(clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(300_000);
  });

  it('gives what it found and looks no further', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const found = await poll(() => Promise.resolve(++looks === 4 ? 'found' : undefined), {
      clock,
      timeoutMs: 60_000,
      minPollMs: 300,
      signal,
    });
    expect([found, looks]).toEqual(['found', 4]);
  });

  it('looks at least once, and ends when aborted', async () => {
    const clock = new ManualClock();
    const once = await poll(() => Promise.resolve('at once'), {
      clock,
      timeoutMs: 0,
      minPollMs: 300,
      signal,
    });
    expect(once).toBe('at once');
    const abort = new AbortController();
    const waiting = poll(
      () => {
        abort.abort();
        return Promise.resolve(undefined);
      },
      { clock, timeoutMs: 60_000, minPollMs: 300, signal: abort.signal },
    );
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
