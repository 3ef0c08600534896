import type { Clock } from '../core/time.js';

/** Sleeps `ms`. Returns at once for 0, since a timer of 0 ms still takes 1 ms. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await clock.sleep(ms, signal);
}
