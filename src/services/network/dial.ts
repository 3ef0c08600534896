import { connect, type Socket } from 'node:net';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { systemCodeOf } from '../../core/errors.js';

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a TCP connection. Everything that talks to a droplet or a panel takes one as a parameter:
 * the real one connects directly, the sandbox's goes through the sandbox.
 * Rejects with the system's error (`ECONNREFUSED`, `ETIMEDOUT`, `ENOTFOUND`) as `code`.
 */
export interface Dial {
  (host: string, port: number, options: DialOptions): Promise<Socket>;
  /** Connects like `net.connect`: TLS may do that itself, in four fifths of the work of a socket in a socket. */
  readonly isDirect?: true;
}

/** A failed connection with a system code (`ECONNREFUSED`), as Node's own errors carry it. */
export function networkError(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}

/** Gives the error for an aborted call: the signal's own reason when that is an error. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error
    ? reason
    : new DOMException('The operation was aborted', 'AbortError');
}

/** `192.0.2.1:22` or `[2001:db8::1]:22`. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Failure of a connection that did not come about in time. */
export function connectTimeout(host: string, port: number, timeoutMs: number): Error {
  const where = authorityOf(host, port);
  return networkError('ETIMEDOUT', `connect ETIMEDOUT ${where} after ${timeoutMs} ms`);
}

const dialDirectly: Dial = (host, port, { timeoutMs, signal }) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal));
      return;
    }
    const socket = connect({ host, port });
    // Delayed small packets would cost some 40 ms in every round trip.
    socket.setNoDelay(true);

    const timer = setTimeout(() => {
      fail(connectTimeout(host, port, timeoutMs));
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

/** Connects straight to the host. The socket is closed when the call fails, however it fails. */
export const directDial: Dial = Object.assign(dialDirectly, { isDirect: true as const });

/** Closes a socket that is no longer needed; a late error on it must not end the process. */
export function discard(socket: Socket): void {
  socket.on('error', () => {});
  socket.destroy();
}

/** A host with several addresses fails with all their errors in one, whose own code may be missing. */
export function withCode(error: Error): Error {
  if (systemCodeOf(error) !== undefined || !(error instanceof AggregateError)) return error;
  const code = error.errors.map(systemCodeOf).find((each) => each !== undefined);
  return code === undefined ? error : networkError(code, error.message || code, error);
}

/**
 * Creates a Dial that connects to these addresses only, in order, regardless of the host requested.
 * Connects to the checked addresses even when the name resolves to others later.
 */
export function pinnedDial(
  addresses: readonly { readonly address: string }[],
  dial: Dial,
  handleConnected: (address: string) => void = () => undefined,
): Dial {
  return async (host, port, { timeoutMs, signal }) => {
    const endAt = performance.now() + timeoutMs;
    const failures: unknown[] = [];
    for (const [index, { address }] of addresses.entries()) {
      // An address that never answers must leave time for the others.
      const share = Math.max(1, (endAt - performance.now()) / (addresses.length - index));
      try {
        const socket = await dial(address, port, { timeoutMs: Math.ceil(share), signal });
        handleConnected(address);
        return socket;
      } catch (error) {
        if (signal?.aborted) throw error;
        failures.push(error);
      }
    }
    throw failures[0] ?? networkError('ENOTFOUND', `no address to reach ${host} at`);
  };
}

/** The header in which the proxy says why it could not connect, as a system code. */
const ERROR_CODE_HEADER = 'x-error-code';

/**
 * Connects through a plain HTTP proxy with the CONNECT method (RFC 9110, 9.3.6), as the sandbox offers it.
 * Only for a proxy on loopback, or behind a socket: nothing protects the request on its way there.
 */
export function connectProxyDial(proxy: string | { readonly socketPath: string }): Dial {
  const place = typeof proxy === 'string' ? addressOf(new URL(proxy)) : proxy;
  return (host, port, { timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortError(signal));
        return;
      }
      const authority = authorityOf(host, port);
      const request = httpRequest({
        ...place,
        method: 'CONNECT',
        path: authority,
        headers: { host: authority },
        agent: false,
      });
      request.setNoDelay(true);

      const timer = setTimeout(() => {
        const text = `connect ETIMEDOUT ${authority} after ${timeoutMs} ms`;
        fail(networkError('ETIMEDOUT', text));
      }, timeoutMs);
      const stopWaiting = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', handleAbort);
      };
      const fail = (error: Error): void => {
        stopWaiting();
        request.destroy();
        reject(error);
      };
      const handleAbort = (): void => fail(abortError(signal!));
      signal?.addEventListener('abort', handleAbort, { once: true });

      // Stays attached: an error after the answer has no other listener.
      request.on('error', fail);
      request.on('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
        if (response.statusCode !== 200) {
          discard(socket);
          fail(refusalOf(response, authority));
          return;
        }
        stopWaiting();
        socket.setNoDelay(true);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.end();
    });
}

function addressOf(proxy: URL): { readonly host: string; readonly port: number } {
  return {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? 80 : Number(proxy.port),
  };
}

/** Why the proxy could not connect, in the words of a direct connection. */
function refusalOf(response: IncomingMessage, authority: string): Error {
  const named = response.headers[ERROR_CODE_HEADER];
  const code =
    typeof named === 'string' && /^E[A-Z_]{2,30}$/.test(named) ? named : codeFor(response);
  return networkError(code, `connect ${code} ${authority}`);
}

function codeFor(response: IncomingMessage): string {
  return response.statusCode === 504 ? 'ETIMEDOUT' : 'ECONNREFUSED';
}
