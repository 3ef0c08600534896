import { connect, type Socket } from 'node:net';
import { systemCodeOf } from '../../core/errors.js';
import type { Dial } from './dial.js';
import { abortError, authorityOf, networkError } from './network-error.js';

/** Connects straight to the host. The socket is closed when the call fails, however it fails. */
export const directDial: Dial = (host, port, { timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal));
      return;
    }
    const socket = connect({ host, port });
    // Delayed small packets would cost some 40 ms in every round trip.
    socket.setNoDelay(true);

    const timer = setTimeout(() => {
      const where = authorityOf(host, port);
      fail(networkError('ETIMEDOUT', `connect ETIMEDOUT ${where} after ${timeoutMs} ms`));
    }, timeoutMs);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', handleAbort);
      socket.removeListener('connect', handleConnect);
      socket.removeListener('error', fail);
    };
    const fail = (error: Error): void => {
      stopWaiting();
      discard(socket);
      reject(withCode(error));
    };
    const handleAbort = (): void => fail(abortError(signal!));
    const handleConnect = (): void => {
      stopWaiting();
      resolve(socket);
    };
    signal?.addEventListener('abort', handleAbort, { once: true });
    socket.on('connect', handleConnect);
    socket.on('error', fail);
  });

/** Closes a socket that is no longer needed; a late error on it must not end the process. */
export function discard(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}

/** A host with several addresses fails with all their errors in one, whose own code may be missing. */
function withCode(error: Error): Error {
  if (systemCodeOf(error) !== undefined || !(error instanceof AggregateError)) return error;
  const code = error.errors.map(systemCodeOf).find((each) => each !== undefined);
  return code === undefined ? error : networkError(code, error.message || code, error);
}
