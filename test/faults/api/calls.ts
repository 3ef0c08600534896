import type { RecordedCall } from '../../../src/sandbox/control/state.js';

/** One call of a run: the nth of its kind. */
export interface CallPoint {
  readonly method: string;
  /** As the sandbox's faults match it: ids as `*`. */
  readonly path: string;
  /** From 1. */
  readonly nth: number;
  readonly name: string;
}

/** Of calls that are repeated until something changes, the first few stand for all. */
const REPEATED_MAX = 2;

/** The calls of a run that differ from each other, in order. */
export function callPoints(calls: readonly RecordedCall[]): readonly CallPoint[] {
  const counts = new Map<string, number>();
  return calls.flatMap(({ method, target }) => {
    if (method === 'CONNECT') return [];
    const path = target.replace(/\?.*/, '').replace(/\/(\d+|[0-9a-f:]{47})(?=\/|$)/g, '/*');
    const kind = `${method} ${path}`;
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    return nth > REPEATED_MAX ? [] : [{ method, path, nth, name: `${kind} ${nth}` }];
  });
}
