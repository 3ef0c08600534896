import { describe, expect, it } from 'vitest';
import { isAbort } from '../../src/core/errors.js';
import { inTime, spanText, systemClock } from '../../src/core/time.js';

describe('sleeping', () => {
  it('ends at once when aborted, before and while it sleeps, and leaves no listener', async () => {
    const abort = new AbortController();
    const sleeping = systemClock.sleep(600_000, abort.signal);
    abort.abort();
    await expect(sleeping).rejects.toSatisfy(isAbort);
    await expect(systemClock.sleep(600_000, abort.signal)).rejects.toSatisfy(isAbort);
    await expect(systemClock.sleep(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  it('passes the reason on', async () => {
    const reason = new Error('cancelled by the person');
    await expect(systemClock.sleep(1, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a span', () => {
  it.each([
    [2, '2 ms'],
    [12_000, '12 s'],
    [29_999, '30 s'],
    [60_000, '60 s'],
    [300_000, '5 minutes'],
  ])('of %i ms is %s, never 0 minutes', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});

describe('work that may take too long', () => {
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const late = 'late';

  it('gives its result, and leaves no timer that keeps the process from ending', async () => {
    const before = timers();
    const options = { clock: systemClock, ms: 600_000, late };
    expect(await inTime(Promise.resolve('done'), options)).toBe('done');
    await expect(inTime(Promise.reject(new Error('broken')), options)).rejects.toThrow('broken');
    expect(timers()).toBe(before);
  });

  it('is given up once its time is over', async () => {
    const never = new Promise<string>(() => undefined);
    expect(await inTime(never, { clock: systemClock, ms: 1, late })).toBe(late);
  });
});
