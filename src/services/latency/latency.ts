import type { Clock } from '../../core/time.js';
import type { Dial } from '../network/dial.js';

/** Latency to one region, or its absence. */
export type RegionLatency =
  | { readonly state: 'measuring' }
  | {
      readonly state: 'measured';
      readonly medianMs: number;
      /** Median absolute deviation. */
      readonly jitterMs: number;
      /** TCP connect times, oldest first, milliseconds. */
      readonly samplesMs: readonly number[];
    }
  | { readonly state: 'failed'; readonly reason: string };

export interface MeasureOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly onSample: (regionSlug: string, latency: RegionLatency) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Measures all regions at once; resolves when every one is measured or failed. Never rejects but on abort. */
export type MeasureRegions = (
  regionSlugs: readonly string[],
  options: MeasureOptions,
) => Promise<void>;
