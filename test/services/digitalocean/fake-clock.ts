import type { Clock } from '../../../src/core/time.js';

/** A clock that jumps over every sleep and remembers it. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  private elapsedMs = 0;

  constructor(private readonly startMs = Date.UTC(2026, 9, 26)) {}

  now(): number {
    return this.startMs + this.elapsedMs;
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.elapsedMs += ms;
    await Promise.resolve();
  }
}
