import type { ClientRequest } from 'node:http';
import type { Agent } from 'node:https';
import { PanelAgent } from './panel-agent.js';
import { answerWithoutEnd, type PanelAnswer, readHealth } from './panel-answer.js';
import { PanelError, toPanelError } from './panel-error.js';
import { panelAddress } from './panel-tls.js';
import type { PanelClient, PanelClientOptions } from './panel.js';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * A client of one panel. Its connections are its own: pooled ones would outlive a changed pin or certificate.
 * The certificate is opened at the first call, and the password forgotten then.
 */
export function createPanelClient(options: PanelClientOptions): PanelClient {
  const { shown } = panelAddress(options.panelUrl);
  const agent = new PanelAgent(options);
  return {
    getHealth: async ({ timeoutMs = TIMEOUT_MS, signal } = {}) => {
      signal?.throwIfAborted();
      try {
        const url = new URL('/api/health', options.panelUrl);
        return readHealth(await ask(url, agent, timeoutMs, signal), shown);
      } catch (error) {
        signal?.throwIfAborted();
        throw toPanelError(error, shown);
      }
    },
    close: () => agent.destroy(),
  };
}

/** A connection that was kept open may have been closed by the panel just now: then one new one is tried. */
async function ask(
  url: URL,
  agent: Agent,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<PanelAnswer> {
  const reused: boolean[] = [];
  try {
    return await askOnce(url, agent, timeoutMs, signal, reused);
  } catch (error) {
    const lost = ['ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');
    if (!lost || !reused.includes(true)) throw error;
    return await askOnce(url, agent, timeoutMs, signal, reused);
  }
}

async function askOnce(
  url: URL,
  agent: Agent,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  reused: boolean[],
): Promise<PanelAnswer> {
  // Takes longer to load than everything else here together, so not before it is needed.
  const { got } = await import('got');
  const tooLarge = new AbortController();
  // Not got's own timeout: that one waits for the connection before it ends the request.
  const deadline = AbortSignal.timeout(timeoutMs);
  const promise = got(url, {
    agent: { https: agent },
    signal: AbortSignal.any([deadline, tooLarge.signal, ...(signal === undefined ? [] : [signal])]),
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    responseType: 'text',
    headers: { accept: 'application/json' },
  });
  let sentAt = 0;
  let latencyMs = 0;
  void promise.on('request', (request: ClientRequest) => {
    request.once('socket', () => reused.push(request.reusedSocket));
    request.once('finish', () => (sentAt = performance.now()));
    request.once('response', () => (latencyMs = performance.now() - sentAt));
  });
  void promise.on('downloadProgress', ({ transferred }) => {
    if (transferred > MAX_ANSWER_BYTES) tooLarge.abort();
  });
  try {
    const { statusCode, headers, body } = await promise;
    return { statusCode, contentType: headers['content-type'], body, latencyMs };
  } catch (error) {
    if (tooLarge.signal.aborted) throw answerWithoutEnd(url.host);
    if (deadline.aborted) {
      throw new PanelError('panel-timeout', `${url.host} did not answer in time.`);
    }
    throw error;
  }
}
