import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { got, RequestError } from 'got';
import { NoAnswer, type Send, type TransportOptions } from './transport.js';

/** Far above the largest list there is; keeps a wrong server from filling the memory. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_SOCKETS = 8;
/** A connection that idled longer may be dead without a word: after sleep, or behind a forgetful router. */
const MAX_IDLE_MS = 30_000;

/** No retries, no redirects, no cache: one request, one answer. */
export function createTransport(options: TransportOptions): Send {
  const { token, userAgent, timeouts, lookup, socketPath } = options;
  const way = { lookup, socketPath };
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const pooled = agents({ keepAlive: true, maxSockets: MAX_SOCKETS, timeout: MAX_IDLE_MS, ...way });
  // A pooled connection may be closed by the server while the request is on its way. That costs a read one retry,
  // but would turn a create that never arrived into a lost answer.
  const fresh = agents({ keepAlive: false, ...way });

  return async ({ method, url, body, signal, timeoutMs = timeouts.request }) => {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const handleAbort = (): void => controller.abort();
    signal?.addEventListener('abort', handleAbort, { once: true });
    let tooLong = false;
    try {
      const answer = got(url, {
        method,
        headers: { ...headers, 'user-agent': userAgent, ...(body !== undefined && JSON_TYPE) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        agent: method === 'POST' ? fresh : pooled,
        timeout: { ...timeouts, request: timeoutMs },
        signal: controller.signal,
        retry: { limit: 0 },
        followRedirect: false,
        throwHttpErrors: false,
        responseType: 'text',
      });
      void answer.on('downloadProgress', ({ transferred }) => {
        if (transferred <= MAX_BODY_BYTES) return;
        tooLong = true;
        controller.abort();
      });
      const { statusCode, headers: answered, body: text } = await answer;
      return { status: statusCode, headers: answered, text };
    } catch (error) {
      signal?.throwIfAborted();
      if (tooLong) throw new NoAnswer('EMSGSIZE', false);
      throw noAnswer(error, url);
    } finally {
      signal?.removeEventListener('abort', handleAbort);
    }
  };
}

const JSON_TYPE = { 'content-type': 'application/json' } as const;

function agents(options: {
  readonly keepAlive: boolean;
  readonly maxSockets?: number;
  readonly timeout?: number;
  readonly lookup: LookupFunction | undefined;
  readonly socketPath: string | undefined;
}): { http: HttpAgent; https: HttpsAgent } {
  const all = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  );
  return { http: new HttpAgent(all), https: new HttpsAgent(all) };
}

/** Whatever got threw, without its request, options and headers. */
function noAnswer(error: unknown, url: URL): NoAnswer {
  if (!(error instanceof RequestError)) return new NoAnswer('EUNKNOWN', false);
  const { timings } = error;
  const connectedAt = url.protocol === 'https:' ? timings?.secureConnect : timings?.connect;
  return new NoAnswer(error.code, connectedAt === undefined);
}
