import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../src/core/time.js';
import { withinLimit } from '../../../src/services/provisioning/worker/deadline.js';

const LIMIT_MS = 60_000;
const tooLate = (): Error => new Error('too late');

/** Ends, with the signal's reason, only when it is told to. */
const endless = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** Sleeps until told, or until nobody wants it any more. */
function controlledClock(): {
  readonly clock: Clock;
  readonly wake: () => void;
  readonly asked: number[];
  readonly sleeping: () => boolean;
} {
  const asked: number[] = [];
  let wake = (): void => undefined;
  let sleeping = false;
  const sleep: Clock['sleep'] = (ms, signal) => {
    asked.push(ms);
    sleeping = true;
    return new Promise((resolve, reject) => {
      wake = resolve;
      signal?.addEventListener('abort', () => {
        sleeping = false;
        reject(new Error('no longer wanted'));
      });
    });
  };
  return {
    clock: { ...systemClock, sleep },
    wake: () => wake(),
    asked,
    sleeping: () => sleeping,
  };
}

describe('withinLimit', () => {
  it('gives what the work gives, and waits no longer', async () => {
    const { clock, asked, sleeping } = controlledClock();
    const { signal } = new AbortController();
    const done = withinLimit(() => Promise.resolve('done'), {
      clock,
      ms: LIMIT_MS,
      signal,
      tooLate,
    });
    expect(await done).toBe('done');
    expect(asked).toEqual([LIMIT_MS]);
    expect(sleeping()).toBe(false);
  });

  it('begins anew when the work takes longer for a reason', async () => {
    const { clock, wake, asked } = controlledClock();
    const { signal } = new AbortController();
    let more = (): void => undefined;
    const work = (either: AbortSignal, restart: () => void): Promise<never> => {
      more = restart;
      return endless(either);
    };
    const done = withinLimit(work, { clock, ms: LIMIT_MS, signal, tooLate });
    const ended = expect(done).rejects.toThrow('too late');
    more();
    expect(asked).toEqual([LIMIT_MS, LIMIT_MS]);
    wake();
    await ended;
  });

  it('says that it took too long when the time is over', async () => {
    const { clock, wake } = controlledClock();
    const { signal } = new AbortController();
    const work = withinLimit(endless, { clock, ms: LIMIT_MS, signal, tooLate });
    wake();
    await expect(work).rejects.toThrow('too late');
  });

  it('hands on the work’s own error, and the reason of who wanted it to end', async () => {
    const { clock } = controlledClock();
    const controller = new AbortController();
    const limits = { clock, ms: LIMIT_MS, signal: controller.signal, tooLate };
    await expect(withinLimit(() => Promise.reject(new Error('own')), limits)).rejects.toThrow(
      'own',
    );
    const work = withinLimit(endless, limits);
    controller.abort(new Error('cancelled'));
    await expect(work).rejects.toThrow('cancelled');
  });
});
