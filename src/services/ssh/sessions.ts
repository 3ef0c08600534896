import { messageOf } from '../../core/errors.js';
import { systemClock } from '../../core/time.js';
import { abortError } from '../network/dial.js';
import { connectionLost, sessionRefused } from './ssh-error.js';

/** Milliseconds between tries to open a session: a good four seconds in all. */
const PAUSES_MS = [20, 40, 80, 160, 320, 500, 500, 500, 500, 500, 500, 500];

type Callback<T> = (error: Error | null | undefined, session: T) => void;

/**
 * Opens a session. OpenSSH closes a session to us a moment before it takes it off its own count, and a server may
 * allow fewer of them than usual: so a refusal is tried again for a while.
 */
export async function openSession<T>(
  address: string,
  over: AbortSignal,
  open: (callback: Callback<T>) => void,
): Promise<T> {
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    try {
      return await tryOpen(open);
    } catch (error) {
      if (over.aborted) throw abortError(over);
      if (!isAnswer(error)) throw connectionLost(address, error);
      if (pauseMs === undefined || !isBusy(error)) throw sessionRefused(address, error);
    }
    await systemClock.sleep(pauseMs, over);
  }
  throw new TypeError('The last try has no pause after it.');
}

function tryOpen<T>(open: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    open((error, session) => {
      if (error === undefined || error === null) resolve(session);
      else reject(error);
    });
  });
}

/** The server did not open a channel, and gave a number for why (RFC 4254, 5.1). */
function isBusy(error: unknown): boolean {
  return typeof (error as { reason?: unknown }).reason === 'number';
}

/** The library's words when the server says no to what should run in the channel. */
function isAnswer(error: unknown): boolean {
  return isBusy(error) || /^(Unable to|Received) /.test(messageOf(error));
}

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
