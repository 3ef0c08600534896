import type { Clock } from '../../src/core/time.js';

/** A clock that stands still until it is moved. Sleeps end when it passes them. */
export class FakeClock implements Clock {
  private time = 1_800_000_000_000;
  private sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (ms <= 0) resolve();
      else this.sleepers.push({ at: this.time + ms, wake: resolve });
    });
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.sleepers.filter((sleeper) => sleeper.at <= this.time);
    this.sleepers = this.sleepers.filter((sleeper) => sleeper.at > this.time);
    for (const sleeper of due) sleeper.wake();
  }
}
