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
  /** Whole clean-up, retries included. */
  readonly rollbackMs: number;
  /** Shortest pause between two looks at the same thing. */
  readonly minPollMs: number;
}

const MINUTE_MS = 60_000;

const REAL: Timing = {
  bootMs: 5 * MINUTE_MS,
  usualBootFromMs: 15_000,
  usualBootToMs: 90_000,
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
