/** Nearest-rank percentile; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** `p50 3.1  p99 8.0  max 9.2` */
export function spread(values: readonly number[]): string {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => percentile(values, share).toFixed(1));
  return `p50 ${p50}  p99 ${p99}  max ${max}`;
}

/** What was measured, and where it has one, its limit. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly limit?: { readonly text: string; readonly kept: boolean } | undefined;
}

/** `under(1200, 2048, 'B')`: the value with its limit. */
export function under(name: string, value: number, limit: number, unit: string): Figure {
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(1);
  return {
    name,
    value: `${shown} ${unit}`,
    limit: { text: `< ${limit} ${unit}`, kept: value < limit },
  };
}

/** A line for each figure; false when a limit is exceeded. */
export function print(figures: readonly Figure[]): boolean {
  for (const { name, value, limit } of figures) {
    const verdict = limit === undefined ? '' : `${limit.text} ${limit.kept ? 'kept' : 'EXCEEDED'}`;
    console.log(`${name.padEnd(58)} ${value.padEnd(34)} ${verdict}`.trimEnd());
  }
  return figures.every(({ limit }) => limit?.kept ?? true);
}
