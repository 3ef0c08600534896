import type { Clock } from '../../core/time.js';
import type { Disposable } from '../../core/lifecycle.js';

export interface Deadline extends Disposable {
  /** Aborted, like by a person, when the time is over. */
  readonly signal: AbortSignal;
}

/** A limit by this clock, which does not go on while the machine sleeps. Ends with `dispose`. */
export function deadline(clock: Clock, ms: number): Deadline {
  const limit = new AbortController();
  const stop = new AbortController();
  clock.sleep(ms, stop.signal).then(
    () => limit.abort(),
    () => undefined,
  );
  return { signal: limit.signal, dispose: () => stop.abort() };
}
