export const DAY_MS = 86_400_000;

/** Time as a parameter, so that tests do not wait for it. */
export interface Clock {
  /** Milliseconds since the epoch; jumps when the machine's time is set. For showing and storing. */
  now(): number;
  /** Milliseconds from an arbitrary start; never jumps. For durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason (an AbortError) when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** `800 ms`, `12 s` or `5 minutes`: a span rounded to what a person needs, never to nothing. */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} minutes`;
}

/** Resolves like the work, or to `late` after `ms`. Leaves no timer, which would keep the process from ending. */
export async function inTime<T>(
  work: Promise<T>,
  {
    clock,
    ms,
    late,
  }: { readonly clock: Pick<Clock, 'sleep'>; readonly ms: number; readonly late: T },
): Promise<T> {
  const done = new AbortController();
  const giveUp = (): T => late;
  try {
    return await Promise.race([work, clock.sleep(ms, done.signal).then(giveUp, giveUp)]);
  } finally {
    done.abort();
  }
}

/** Resolves in the next turn of the event loop: whoever waits for it comes after a frame that is due. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Node.js loads eight modules for the first use of `performance`. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: monotonicMs,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal));
        return;
      }
      const handleAbort = (): void => {
        clearTimeout(timer);
        reject(abortReason(signal));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', handleAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', handleAbort, { once: true });
    }),
};

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error
    ? reason
    : new DOMException('The operation was aborted', 'AbortError');
}

/** `within a day`, `in 3 days` */
export function inDays(days: number): string {
  if (days < 1) return 'within a day';
  return days === 1 ? 'in a day' : `in ${days} days`;
}

/** Smallest jump; smaller differences are gradual corrections of the clock. */
const LEAST_JUMP_MS = 2_000;

interface ReadTime {
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
