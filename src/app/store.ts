import { Emitter } from '../core/event.js';
import type { AppEvent } from './events.js';
import { reduce } from './reduce.js';
import type { AppState } from './state.js';

/** Holds the state. The only way to change it is `dispatch`. */
export class Store {
  private readonly changed = new Emitter<AppState>();
  private readonly settled = new Emitter<void>();
  private current: AppState;

  /** Fires after every event that changed something. */
  readonly onChange = this.changed.event;

  constructor(initial: AppState) {
    this.current = initial;
  }

  get state(): AppState {
    return this.current;
  }

  dispatch(event: AppEvent): void {
    const next = reduce(this.current, event);
    if (next === this.current) return;
    this.current = next;
    this.changed.fire(next);
    if (event.type === 'action-ended' && next.running.length === 0) this.settled.fire();
  }

  /** Resolves when no action runs. */
  async idle(): Promise<void> {
    // An action that ended may have started the next one.
    await Promise.resolve();
    while (this.current.running.length > 0) {
      await new Promise<void>((resolve) => {
        const subscription = this.settled.event(() => {
          subscription.dispose();
          resolve();
        });
      });
      await Promise.resolve();
    }
  }

  dispose(): void {
    this.changed.dispose();
    this.settled.dispose();
  }
}
