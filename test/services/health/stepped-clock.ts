import type { Clock } from '../../../src/core/time.js';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that stands still until the test lets it pass. */
export class SteppedClock implements Clock {
  private time = 1_000;
  private readonly sleepers = new Set<Sleeper>();

  now(): number {
    return this.time + 1_700_000_000_000;
  }

  monotonic(): number {
    return this.time;
  }

  get sleeping(): number {
    return this.sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const handleAbort = (): void => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason as Error);
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', handleAbort);
        resolve();
      };
      const sleeper: Sleeper = { until: this.time + ms, wake };
      this.sleepers.add(sleeper);
      if (signal?.aborted) handleAbort();
      else signal?.addEventListener('abort', handleAbort, { once: true });
    });
  }

  /** Lets time pass, waking sleepers in their order, and whatever follows from that. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = Math.min(...[...this.sleepers].map((sleeper) => sleeper.until));
      if (next > end) break;
      this.time = Math.max(this.time, next);
      for (const sleeper of this.sleepers) {
        if (sleeper.until > this.time) continue;
        this.sleepers.delete(sleeper);
        sleeper.wake();
      }
      await settle();
    }
    this.time = end;
    await settle();
  }
}

/** Lets everything run that does not wait for time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}
