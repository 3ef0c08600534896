import type { Clock } from '../core/time.js';

/** Sleeps, or goes on at once when there is nothing to wait for: a timer of 0 ms still costs one. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms > 0) await clock.sleep(ms, signal);
}
