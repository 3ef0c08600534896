import type { Health } from '../health.js';
import { DAY_MS } from '../../../core/time.js';

/** One look at a panel. Times are epoch milliseconds, kept to the second. */
export interface Sample {
  readonly at: number;
  /** Undefined where the look failed. */
  readonly latencyMs: number | undefined;
}

/** Samples of a span of time, summed up. */
export interface Bin {
  /** Begin. */
  readonly at: number;
  /** Length, ms. */
  readonly ms: number;
  /** Undefined where every look failed. */
  readonly latency:
    { readonly min: number; readonly mean: number; readonly max: number } | undefined;
  /** Looks, with those that failed. */
  readonly count: number;
  readonly failed: number;
}

export interface Outage {
  /** First failed look. */
  readonly from: number;
  /** First look that succeeded again, or the last failed one where no look followed; undefined while it lasts. */
  readonly to: number | undefined;
}

/** All that is kept of a server's health, oldest first. */
export interface ServerHistory {
  /** At least those of the last 24 hours. */
  readonly samples: readonly Sample[];
  /** Bins of 5 minutes, of 7 days. */
  readonly fives: readonly Bin[];
  /** Bins of an hour, of 30 days. */
  readonly hours: readonly Bin[];
  readonly outages: readonly Outage[];
}

export const NO_HISTORY: ServerHistory = { samples: [], fives: [], hours: [], outages: [] };

export const FIVE_MS = 300_000;
export const HOUR_MS = 3_600_000;

/** Pause between two looks, ms. */
export const LOOK_MS = 30_000;
/** Share of a bin's looks from which it counts as watched throughout: time-outs take time. */
const ENOUGH_LOOKS = 0.8;

/** Sums up samples in bins of a length; pure. */
export function binsOf(samples: readonly Sample[], ms: number): Bin[] {
  const bins = new Map<number, Bin>();
  for (const sample of samples) {
    const at = Math.floor(sample.at / ms) * ms;
    bins.set(at, addSample(bins.get(at) ?? emptyBin(at, ms), sample));
  }
  return [...bins.values()].sort((one, other) => one.at - other.at);
}

export function emptyBin(at: number, ms: number): Bin {
  return { at, ms, latency: undefined, count: 0, failed: 0 };
}

export function addSample(bin: Bin, { latencyMs }: Sample): Bin {
  const { at, ms, count, failed, latency } = bin;
  if (latencyMs === undefined) return { at, ms, latency, count: count + 1, failed: failed + 1 };
  const succeeded = count - failed;
  const { min, mean, max } = latency ?? { min: latencyMs, mean: latencyMs, max: latencyMs };
  return {
    at,
    ms,
    latency: {
      min: Math.min(min, latencyMs),
      mean: (mean * succeeded + latencyMs) / (succeeded + 1),
      max: Math.max(max, latencyMs),
    },
    count: count + 1,
    failed,
  };
}

/** Joins two lists of bins of one length; of two about the same time the one that holds more looks counts. Pure. */
export function mergeBins(some: readonly Bin[], others: readonly Bin[]): Bin[] {
  const merged = new Map(some.map((bin) => [bin.at, bin]));
  for (const bin of others)
    if (bin.count >= (merged.get(bin.at)?.count ?? 0)) merged.set(bin.at, bin);
  return [...merged.values()].sort((one, other) => one.at - other.at);
}

export interface Uptime {
  /** Share of the watched time, 0 to 1; undefined without watched time. */
  readonly up: number | undefined;
  /** Share of the span that was watched, 0 to 1. */
  readonly watched: number;
}

/** Uptime over the watched time from `from` to `to`. Pure. */
export function uptimeOf({ fives, hours }: ServerHistory, from: number, to: number): Uptime {
  const earliest = fives[0]?.at ?? Infinity;
  // Hours that end before the five minutes begin.
  const bins = [...hours.filter(({ at, ms }) => at + ms <= earliest), ...fives];
  let watchedMs = 0;
  let upMs = 0;
  for (const { at, ms, count, failed } of bins) {
    const span = Math.min(at + ms, to) - Math.max(at, from);
    if (span <= 0 || count === 0) continue;
    const looksOfAll = Math.max(1, (ENOUGH_LOOKS * Math.min(ms, to - at)) / LOOK_MS);
    const watched = span * Math.min(1, count / looksOfAll);
    watchedMs += watched;
    upMs += watched * ((count - failed) / count);
  }
  if (watchedMs === 0) return { up: undefined, watched: 0 };
  return { up: upMs / watchedMs, watched: Math.min(1, watchedMs / Math.max(1, to - from)) };
}

/** Outages that touch the span, oldest first. Pure. */
export function outagesIn({ outages }: ServerHistory, from: number, to: number): Outage[] {
  return outages.filter((outage) => outage.from < to && (outage.to ?? to) >= from);
}

/** A column of a chart, or of a strip in a row: all looks between `at` and `at + ms`. */
export type Bucket = Bin;

/**
 * The looks from `from` to `to` in `count` buckets of one length, oldest first; a bucket without watched time has a count
 * of 0. Failed looks are never dropped. Pure.
 */
export function bucketsOf(
  history: ServerHistory,
  from: number,
  to: number,
  count: number,
): readonly Bucket[] {
  if (count <= 0 || to <= from) return [];
  const ms = (to - from) / count;
  const buckets = Array.from({ length: count }, (_, index) => emptyBin(from + index * ms, ms));
  for (const bin of finest(history, from, to)) {
    const index = Math.floor((Math.min(Math.max(bin.at, from), to - 1) - from) / ms);
    const bucket = buckets[index];
    if (bin.at + bin.ms <= from || bin.at > to || bucket === undefined) continue;
    buckets[index] = addBin(bucket, bin);
  }
  return buckets;
}

/** A strip: the last 24 hours in buckets that begin at round hours, so that only the last one changes. */
const STRIP_BUCKETS = 8;
const STRIP_MS = DAY_MS / STRIP_BUCKETS;

/** The strip of a history. Pure. */
export function stripOf(history: ServerHistory, now: number): readonly Bucket[] {
  const last = lastStart(now);
  return bucketsOf(history, last + STRIP_MS - DAY_MS, last + STRIP_MS, STRIP_BUCKETS);
}

/** The strip moved on to `now`, with the look that was taken then. Pure; the same object when nothing changed. */
export function withLook(
  strip: readonly Bucket[] | undefined,
  now: number,
  look: Sample | undefined,
): readonly Bucket[] {
  const last = lastStart(now);
  const moved =
    strip?.at(-1)?.at === last
      ? strip
      : mergeBins(stripOf(NO_HISTORY, now), strip ?? []).slice(-STRIP_BUCKETS);
  return look === undefined ? moved : [...moved.slice(0, -1), addSample(moved.at(-1)!, look)];
}

function lastStart(now: number): number {
  return Math.floor(now / STRIP_MS) * STRIP_MS;
}

/** What is kept of a health that was seen just now; undefined for one that counts as not watched. */
export function lookOf(health: Health, at: number): Sample | undefined {
  if (health.state === 'online') return { at, latencyMs: health.latencyMs };
  return health.state === 'offline' ? { at, latencyMs: undefined } : undefined;
}

function finest(
  { samples, fives, hours }: ServerHistory,
  from: number,
  to: number,
): readonly Bin[] {
  const spanMs = to - from;
  if (spanMs > DAY_MS) return spanMs <= 7 * DAY_MS ? fives : hours;
  // An hour needs few looks of a day, and each frame asks for it.
  return samples
    .filter(({ at }) => at > from && at <= to)
    .map((sample) => addSample(emptyBin(sample.at, 0), sample));
}

function addBin(bucket: Bin, bin: Bin): Bin {
  const { at, ms } = bucket;
  const [one, other] = [bucket.latency, bin.latency];
  const count = bucket.count + bin.count;
  const failed = bucket.failed + bin.failed;
  if (one === undefined || other === undefined)
    return { at, ms, count, failed, latency: one ?? other };
  const [ones, others] = [bucket.count - bucket.failed, bin.count - bin.failed];
  const latency = {
    min: Math.min(one.min, other.min),
    mean: (one.mean * ones + other.mean * others) / (ones + others),
    max: Math.max(one.max, other.max),
  };
  return { at, ms, count, failed, latency };
}
