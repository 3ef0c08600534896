import type { Clock } from '../../core/time.js';
import { ApiError } from '../digitalocean/api-error.js';

/** Time limits and intervals. The sandbox and the tests shorten them by one factor. */
export interface Timing {
  /** Until a new droplet has a public address (guide: up to 5 minutes). */
  readonly bootMs: number;
  /** When a droplet usually becomes ready, counted from its creation: looked at most often then. */
  readonly usualBootFromMs: number;
  readonly usualBootToMs: number;
  /** Pause between two looks at a droplet that is about to be ready. */
  readonly bootPollMs: number;
  /** Until the first SSH connection works. */
  readonly sshMs: number;
  /** Time for which SSH may fail before DigitalOcean is asked about the droplet. */
  readonly doubtMs: number;
  /** Time for which a droplet must stay unreadable to count as gone. */
  readonly goneMs: number;
  /** Time for which a droplet must stay powered off before its operation ends. */
  readonly offMs: number;
  /**
   * Time limit for work on the droplet that takes seconds. Longer than `sshMs`: a connection's
   * error says more.
   */
  readonly dropletMs: number;
  /** One run of the installer (guide: up to 10 minutes), bootstrap included. */
  readonly installMs: number;
  /** Until the panel answers with the new certificate. */
  readonly panelMs: number;
  /** Time for which a created resource may stay invisible (CONTRACT.md: lists and reads lag). */
  readonly visibleMs: number;
  /** Tolerated outage of DigitalOcean while waiting for an existing resource. */
  readonly outageMs: number;
  /** Until a destroyed droplet is gone. */
  readonly destroyMs: number;
  /** Until an action on a droplet is over, and a resize, which may move it to another machine. */
  readonly actionMs: number;
  readonly resizeMs: number;
  /** Until a droplet shows the state that an action leads to; how long a system may take to end. */
  readonly shutdownMs: number;
  /** Pause between two pings on the stream of a panel's set-up: nginx cuts one that is silent for 60 s. */
  readonly pingMs: number;
  /** Whole clean-up, retries included. */
  readonly rollbackMs: number;
  /** Shortest pause between two looks at the same thing. */
  readonly minPollMs: number;
}

const MINUTE_MS = 60_000;

const REAL: Timing = {
  bootMs: 5 * MINUTE_MS,
  usualBootFromMs: 32_000,
  usualBootToMs: 65_000,
  bootPollMs: 1_000,
  sshMs: 5 * MINUTE_MS,
  doubtMs: 20_000,
  goneMs: 30_000,
  offMs: 10_000,
  dropletMs: 10 * MINUTE_MS,
  installMs: 15 * MINUTE_MS,
  panelMs: 2 * MINUTE_MS,
  // CONTRACT.md: after a lost answer look for at least 60 s before another try.
  visibleMs: 75_000,
  outageMs: 5 * MINUTE_MS,
  destroyMs: 5 * MINUTE_MS,
  actionMs: 5 * MINUTE_MS,
  resizeMs: 30 * MINUTE_MS,
  shutdownMs: 2 * MINUTE_MS,
  pingMs: 20_000,
  rollbackMs: 10 * MINUTE_MS,
  minPollMs: 300,
};

/** `factor` 1 is real time; a sandbox whose droplets boot in seconds needs less patience. */
export function timing(factor = 1): Timing {
  const scaled = Object.entries(REAL).map(([name, ms]) => [name, ms * factor]);
  return {
    ...(Object.fromEntries(scaled) as unknown as Timing),
    minPollMs: Math.max(50, REAL.minPollMs * factor),
  };
}

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
  /** Pause after this time of waiting, milliseconds, instead of the usual one. */
  readonly pauseAfter?: ((elapsedMs: number) => number) | undefined;
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
    const wanted = options.pauseAfter?.(elapsed) ?? Math.min(elapsed * GROWTH, MAX_POLL_MS);
    const pause = Math.max(minPollMs, wanted);
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
