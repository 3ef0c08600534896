import { messageOf, PortlamaError } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import type { WatchEvent } from '../../core/watch-event.js';
import type { Outlet } from './outlets.js';
import type { WatchMemory } from './watch-memory.js';

export interface OutboxOptions {
  readonly clock: Clock;
  readonly outlets: readonly Outlet[];
  readonly waiting: WatchMemory['waiting'];
  /** Resolves once `waiting()` is on the disk. */
  readonly save: () => Promise<void>;
  readonly onError: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Events an outlet takes at once, and the pause before each one after those, ms. */
const BURST = 10;
const PAUSE_MS = 6_000;
/** Pauses before the next tries of an event that was not taken, ms: an hour and a quarter in all. */
const RETRIES_MS = [5_000, 30_000, 120_000, 300_000, 900_000, 1_800_000, 1_350_000];
/** Waiting events of one outlet; the oldest go first where more come. */
const MOST_WAITING = 500;

/**
 * Hands events to outlets, in order and at a limited rate. An event waits on the disk until it was taken: after a
 * restart it is handed over, or handed over again.
 */
export class Outbox {
  private readonly lanes: readonly Lane[];

  constructor(options: OutboxOptions) {
    this.lanes = options.outlets.map(
      (outlet) => new Lane(outlet, options, options.waiting[outlet.name] ?? []),
    );
  }

  add(event: WatchEvent): void {
    for (const lane of this.lanes) lane.add(event);
  }

  waiting(): WatchMemory['waiting'] {
    return Object.fromEntries(this.lanes.map((lane) => [lane.name, lane.events]));
  }

  /** Resolves when the signal is aborted and nothing is handed over any more. */
  async run(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.run()));
  }
}

class Lane {
  readonly events: WatchEvent[];
  readonly name: string;
  private wake: () => void = () => undefined;
  private left = BURST;
  private countedAt: number;
  private lost = 0;

  constructor(
    private readonly outlet: Outlet,
    private readonly options: Omit<OutboxOptions, 'waiting'>,
    waiting: readonly WatchEvent[],
  ) {
    this.name = outlet.name;
    this.events = [...waiting];
    this.countedAt = options.clock.monotonic();
  }

  add(event: WatchEvent): void {
    this.events.push(event);
    // The first one is on its way.
    if (this.events.length > MOST_WAITING) {
      this.events.splice(1, 1);
      this.lost += 1;
    }
    this.wake();
  }

  async run(): Promise<void> {
    const { signal, save } = this.options;
    signal.addEventListener('abort', () => this.wake(), { once: true });
    try {
      while (!signal.aborted) {
        const [event] = this.events;
        if (event === undefined) {
          await this.nextEvent();
          continue;
        }
        // On the disk first: it is not lost with this process.
        await save();
        await this.takeTurn();
        await this.deliver(event);
        this.events.shift();
        await save();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  private nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private async takeTurn(): Promise<void> {
    const { clock, signal } = this.options;
    const now = clock.monotonic();
    this.left = Math.min(BURST, this.left + (now - this.countedAt) / PAUSE_MS);
    this.countedAt = now;
    if (this.left < 1) await clock.sleep((1 - this.left) * PAUSE_MS, signal);
    this.left -= 1;
  }

  /** Resolves when the event was taken, or given up. */
  private async deliver(event: WatchEvent): Promise<void> {
    const { clock, signal, onError } = this.options;
    for (let tries = 0; ; tries++) {
      try {
        await this.outlet.send(event, signal);
        break;
      } catch (error) {
        signal.throwIfAborted();
        const pauseMs = RETRIES_MS[tries];
        const mayPass = error instanceof PortlamaError && error.retryable;
        if (!mayPass || pauseMs === undefined) {
          onError(`${messageOf(error)} Given up: ${event.text}`);
          break;
        }
        if (tries === 0) onError(`${messageOf(error)} It is tried again.`);
        await clock.sleep(pauseMs, signal);
      }
    }
    if (this.lost > 0) onError(`${this.lost} events were dropped: too many were waiting.`);
    this.lost = 0;
  }
}
