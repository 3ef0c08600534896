/** Calls that a token may make (contract: rate limits). */
export interface RateLimits {
  readonly perHour: number;
  readonly perMinute: number;
  /** GETs of the list of SSH keys. */
  readonly keyListsPerMinute: number;
}

export const DIGITALOCEAN_RATE_LIMITS: RateLimits = {
  perHour: 5000,
  perMinute: 250,
  keyListsPerMinute: 10,
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export interface RateVerdict {
  readonly exceeded: 'hour' | 'burst' | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts calls in sliding windows, by token. Times are epoch milliseconds. */
export class RateCounter {
  private readonly limits: RateLimits;
  private readonly calls = new Map<string, number[]>();
  private readonly keyLists = new Map<string, number[]>();

  constructor(limits: RateLimits) {
    this.limits = limits;
  }

  count(token: string, isKeyList: boolean, now: number): RateVerdict {
    const { perHour, perMinute, keyListsPerMinute } = this.limits;
    const hour = within(this.calls, token, now - HOUR_MS);
    const minute = hour.filter((at) => at > now - MINUTE_MS);
    const lists = within(this.keyLists, token, now - MINUTE_MS);
    const oldestBurst =
      minute.length >= perMinute
        ? minute[0]
        : isKeyList && lists.length >= keyListsPerMinute
          ? lists[0]
          : undefined;
    const exceeded =
      hour.length >= perHour ? 'hour' : oldestBurst === undefined ? undefined : 'burst';
    if (exceeded === undefined) {
      hour.push(now);
      if (isKeyList) lists.push(now);
    }
    const retryMs = exceeded === 'burst' ? (oldestBurst ?? now) + MINUTE_MS - now : undefined;
    return { exceeded, headers: headersOf(perHour, hour, now, retryMs) };
  }
}

function headersOf(
  limit: number,
  hour: readonly number[],
  now: number,
  retryMs: number | undefined,
): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(Math.max(0, limit - hour.length)),
    'ratelimit-reset': String(Math.ceil(((hour[0] ?? now) + HOUR_MS) / 1000)),
    // Only for the burst limit.
    ...(retryMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryMs / 1000)) }),
  };
}

function within(map: Map<string, number[]>, token: string, since: number): number[] {
  const kept = (map.get(token) ?? []).filter((at) => at > since);
  map.set(token, kept);
  return kept;
}
