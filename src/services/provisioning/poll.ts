import type { Clock } from '../../core/time.js';

const GROWTH = 0.18;
const MAX_POLL_MS = 15_000;

export interface PollOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly minPollMs: number;
  readonly signal: AbortSignal;
}

/**
 * Looks again and again until `look` gives something, with pauses that grow with the time already waited: what
 * changes soon is seen soon, and five minutes of waiting cost about 45 looks. Undefined when the time is over.
 */
export async function poll<T>(
  look: () => Promise<T | undefined>,
  options: PollOptions,
): Promise<T | undefined> {
  const { clock, timeoutMs, minPollMs, signal } = options;
  const start = clock.monotonic();
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    const elapsed = clock.monotonic() - start;
    if (elapsed >= timeoutMs) return undefined;
    const pause = Math.min(Math.max(minPollMs, elapsed * GROWTH), MAX_POLL_MS);
    await clock.sleep(Math.min(pause, timeoutMs - elapsed), signal);
  }
}
