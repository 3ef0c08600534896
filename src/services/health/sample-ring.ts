const KEPT_MS = 600_000;
/** Refreshing by hand must not let it grow without end. */
const MAX_SAMPLES = 240;

/** Latencies of the last 10 minutes. */
export class SampleRing {
  private samples: { readonly at: number; readonly latencyMs: number | undefined }[] = [];

  /** `at` is of the monotonic clock, and never smaller than before. */
  add(at: number, latencyMs: number | undefined): void {
    const kept = this.samples.filter((sample) => sample.at > at - KEPT_MS);
    this.samples = [...kept.slice(1 - MAX_SAMPLES), { at, latencyMs }];
  }

  /** Oldest first; undefined where a check failed. */
  values(): readonly (number | undefined)[] {
    return this.samples.map((sample) => sample.latencyMs);
  }
}
