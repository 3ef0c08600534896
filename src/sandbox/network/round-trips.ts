/** Round trips in milliseconds as measured from central Europe, by region; `fails`: no answer. */
export type LatencyTable = Readonly<Record<string, number | 'fails'>>;

/** Believable, not measured. One region fails, so that "no measurement" is seen. */
export const DEFAULT_LATENCIES: LatencyTable = {
  fra1: 9,
  ams3: 14,
  lon1: 21,
  nyc1: 88,
  nyc2: 89,
  nyc3: 86,
  tor1: 97,
  atl1: 108,
  ric1: 92,
  mkc1: 118,
  blr1: 131,
  sfo2: 152,
  sfo3: 149,
  sgp1: 164,
  syd1: 'fails',
};

/** Variation of a round trip, as a share of it; the minimum below is in milliseconds. */
const JITTER_SHARE = 0.06;
const JITTER_MIN_MS = 1;
/** For a region that is in no table, milliseconds. */
const UNKNOWN_MS = 100;

/** Simulated round trips. */
export class RoundTrips {
  /** Multiplies all round trips; 0 disables waiting. */
  readonly factor: number;
  private readonly table: LatencyTable;

  constructor(table: LatencyTable, factor: number) {
    this.table = table;
    this.factor = factor;
  }

  /** True for a region with a host to measure against; undefined for an unknown region. */
  measures(region: string): boolean | undefined {
    const entry = this.table[region];
    return entry === undefined ? undefined : entry !== 'fails';
  }

  /** One round trip with its jitter, milliseconds. */
  sample(region: string): number {
    const entry = this.table[region] ?? UNKNOWN_MS;
    const mean = entry === 'fails' ? UNKNOWN_MS : entry;
    // Networks add delay, they never take any away.
    const jitter = Math.random() * Math.max(JITTER_MIN_MS, mean * JITTER_SHARE);
    return (mean + jitter) * this.factor;
  }
}
