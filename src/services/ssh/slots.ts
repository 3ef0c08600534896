import { abortError } from '../network/dial.js';

interface Waiter {
  readonly grant: () => void;
  readonly refuse: (reason: Error) => void;
}

/** Lets at most `limit` holders in at a time; the others wait in order. */
export class Slots {
  private readonly waiting = new Set<Waiter>();
  private held = 0;
  private closedBy: Error | undefined;

  constructor(private readonly limit: number) {}

  /** Resolves to the release, which may be called more than once. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (this.closedBy !== undefined) throw this.closedBy;
    if (signal?.aborted) throw abortError(signal);
    if (this.held >= this.limit) await this.turn(signal);
    else this.held++;
    return this.releaseOnce();
  }

  /** Refuses those who wait and all who come. */
  close(reason: Error): void {
    this.closedBy ??= reason;
    for (const waiter of this.waiting) waiter.refuse(reason);
  }

  private turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(waiter);
        signal?.removeEventListener('abort', handleAbort);
      };
      const waiter: Waiter = {
        grant: () => {
          leave();
          resolve();
        },
        refuse: (reason) => {
          leave();
          reject(reason);
        },
      };
      const handleAbort = (): void => waiter.refuse(abortError(signal!));
      signal?.addEventListener('abort', handleAbort, { once: true });
      this.waiting.add(waiter);
    });
  }

  private releaseOnce(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.waiting;
      // Hand the slot directly to the next waiter, so that no other can take it in between.
      if (next === undefined) this.held--;
      else next.grant();
    };
  }
}
