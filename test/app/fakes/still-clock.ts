import type { Clock } from '../../../src/core/time.js';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that stands still until the test lets it pass. */
export class StillClock implements Clock {
  private sleepers: Sleeper[] = [];

  /** 2026-11-23 14:00:00 UTC unless told. */
  constructor(private current = Date.UTC(2026, 10, 23, 14, 0, 0)) {}

  now(): number {
    return this.current;
  }

  monotonic(): number {
    return this.current;
  }

  /** Lets time pass, and everything run that waited for it. */
  async pass(ms: number): Promise<void> {
    this.current += ms;
    const due = this.sleepers.filter(({ until }) => until <= this.current);
    this.sleepers = this.sleepers.filter((sleeper) => !due.includes(sleeper));
    for (const { wake } of due) wake();
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const handleAbort = (): void => {
        this.sleepers = this.sleepers.filter((other) => other !== sleeper);
        reject(new DOMException('The operation was aborted', 'AbortError'));
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', handleAbort);
        resolve();
      };
      const sleeper = { until: this.current + ms, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', handleAbort);
    });
  }
}
