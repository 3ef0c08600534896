import type { ServerHistory } from './history.js';

/** Change of a panel that the history knows of. */
export interface PastChange {
  /** Epoch milliseconds, to the second. */
  readonly at: number;
  readonly state: 'online' | 'offline';
}

/** Times of the history are kept to the second: less than this apart they are one. */
const SAME_MS = 1_500;

/** Ends of outages and begins of them after a point of time, oldest first. Pure. */
export function changesAfter({ outages, samples }: ServerHistory, after: number): PastChange[] {
  const earliest = samples[0]?.at ?? Infinity;
  return outages
    .flatMap(({ from, to }): PastChange[] => [
      { at: from, state: 'offline' },
      ...(to !== undefined && (to < earliest || isSuccess(samples, to))
        ? [{ at: to, state: 'online' } as const]
        : []),
    ])
    .filter(({ at }) => at > after + SAME_MS)
    .sort((one, other) => one.at - other.at);
}

/** An outage that is no longer watched ends with its last failed look: that is not a return. */
function isSuccess(samples: ServerHistory['samples'], at: number): boolean {
  return samples.some(
    (sample) => Math.abs(sample.at - at) < SAME_MS && sample.latencyMs !== undefined,
  );
}
