import { messageOf } from '../../core/errors.js';
import { systemClock } from '../../core/time.js';
import { abortError } from '../network/dial.js';
import { connectionLost, sessionRefused } from './connection-error.js';

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
