import type { Clock } from '../../../core/time.js';

/** Smallest jump; smaller differences are gradual corrections of the clock. */
const LEAST_JUMP_MS = 2_000;

export interface ReadTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /**
   * By how much it moved away from the time that passed since it was last read: the clock was set, or the machine
   * slept. 0 for next to nothing.
   */
  readonly jumpedMs: number;
}

/** Reads the time of day, and tells each time whether it jumped since. */
export function watchClock(clock: Clock): () => ReadTime {
  let known = clock.now() - clock.monotonic();
  return () => {
    const at = clock.now();
    const jumpedMs = Math.round(at - clock.monotonic() - known);
    if (Math.abs(jumpedMs) < LEAST_JUMP_MS) return { at, jumpedMs: 0 };
    known += jumpedMs;
    return { at, jumpedMs };
  };
}
