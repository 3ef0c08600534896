import type { Clock } from '../../core/time.js';
import { ApiError } from '../digitalocean/api-error.js';

/** Share of the time already waited. */
const GROWTH = 0.18;
const MAX_POLL_MS = 15_000;

export interface PollOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly minPollMs: number;
  readonly signal: AbortSignal;
  /**
   * Tolerated outage of DigitalOcean, milliseconds; default 0. A failed look does not count as an
   * absence: the time-out only counts after a successful look.
   */
  readonly outageMs?: number | undefined;
  /** Pause after this time of waiting, milliseconds; undefined: the usual one. */
  readonly pauseAfter?: ((elapsedMs: number) => number | undefined) | undefined;
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
  const outage = new Outage(options);
  const start = clock.monotonic();
  for (;;) {
    signal.throwIfAborted();
    const { found, blind } = await outage.bear(look);
    if (found !== undefined) return found;
    const elapsed = clock.monotonic() - start;
    if (elapsed >= timeoutMs && !blind) return undefined;
    const wanted = options.pauseAfter?.(elapsed) ?? elapsed * GROWTH;
    const pause = Math.min(Math.max(minPollMs, wanted), MAX_POLL_MS);
    const left = blind ? pause : timeoutMs - elapsed;
    await clock.sleep(Math.min(pause, left), signal);
  }
}

/** Failures that pass by themselves, for as long as they may. */
class Outage {
  private since: number | undefined;

  constructor(private readonly options: PollOptions) {}

  async bear<T>(
    look: () => Promise<T | undefined>,
  ): Promise<{ readonly found: T | undefined; readonly blind: boolean }> {
    const { clock, outageMs = 0, signal } = this.options;
    try {
      const found = await look();
      this.since = undefined;
      return { found, blind: false };
    } catch (error) {
      if (!(error instanceof ApiError) || !error.retryable || signal.aborted) throw error;
      this.since ??= clock.monotonic();
      if (clock.monotonic() - this.since >= outageMs) throw error;
      return { found: undefined, blind: true };
    }
  }
}
