import { describe, expect, it } from 'vitest';
import { isAbort } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/time.js';

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
