import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Dial } from './dial.js';
import { discard } from './direct-dial.js';
import { abortError, authorityOf, networkError } from './network-error.js';

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
