import type { ClientRequest } from 'node:http';
import { answerWithoutEnd } from './panel-answer.js';
import type { PanelAgent } from './panel-agent.js';
import { PanelError } from './panel-error.js';

/** One request to a panel. */
export interface PanelRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly body?: unknown;
  readonly cookie?: string | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

export interface PanelResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** From the last byte of the request to the first of the answer, milliseconds. */
  readonly latencyMs: number;
}

/**
 * Sends it once; only a GET is repeated, on a new connection, when a connection that was kept open turns out to be
 * closed. Everything else gets a new connection, on which an early end cannot be mistaken for that.
 */
export async function sendToPanel(
  agent: PanelAgent,
  request: PanelRequest,
): Promise<PanelResponse> {
  if (request.method !== 'GET') {
    agent.dropIdle();
    return await sendOnce(agent, request, []);
  }
  const reused: boolean[] = [];
  try {
    return await sendOnce(agent, request, reused);
  } catch (error) {
    const lost = ['ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
    if (!lost || !reused.includes(true)) throw error;
    return await sendOnce(agent, request, reused);
  }
}

async function sendOnce(
  agent: PanelAgent,
  { method, url, body, cookie, timeoutMs, maxBytes, signal }: PanelRequest,
  reused: boolean[],
): Promise<PanelResponse> {
  // Takes longer to load than everything else here together, so not before it is needed.
  const { got } = await import('got');
  const tooLarge = new AbortController();
  // Not got's own timeout: that one waits for the connection before it ends the request.
  const deadline = AbortSignal.timeout(timeoutMs);
  const promise = got(url, {
    method,
    agent: { https: agent },
    signal: AbortSignal.any([deadline, tooLarge.signal, ...(signal === undefined ? [] : [signal])]),
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    responseType: 'buffer',
    // Without a body there is no content type either: the panel refuses one without the other.
    ...(body === undefined ? {} : { json: body }),
    headers: { accept: 'application/json', ...(cookie === undefined ? {} : { cookie }) },
  });
  let sentAt = 0;
  let latencyMs = 0;
  void promise.on('request', (sent: ClientRequest) => {
    sent.once('socket', () => reused.push(sent.reusedSocket));
    sent.once('finish', () => (sentAt = performance.now()));
    sent.once('response', () => (latencyMs = performance.now() - sentAt));
  });
  void promise.on('downloadProgress', ({ transferred }) => {
    if (transferred > maxBytes) tooLarge.abort();
  });
  try {
    const { statusCode, headers, body: content } = await promise;
    return { statusCode, headers, body: content, latencyMs };
  } catch (error) {
    if (tooLarge.signal.aborted) throw answerWithoutEnd(url.host);
    if (deadline.aborted)
      throw new PanelError('panel-timeout', `${url.host} did not answer in time.`);
    throw error;
  }
}
