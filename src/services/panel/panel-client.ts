import type { ClientRequest } from 'node:http';
import type { Agent } from 'node:https';
import type { Response } from 'got';
import { PanelAgent } from './panel-agent.js';
import { certificateRequired, PanelError, toPanelError } from './panel-error.js';
import { panelAddress } from './panel-tls.js';
import type { PanelClient, PanelClientOptions, PanelHealth } from './panel.js';

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

interface Answer {
  readonly response: Response<string>;
  readonly latencyMs: number;
}

/** A connection that was kept open may have been closed by the panel just now: then one new one is tried. */
async function ask(
  url: URL,
  agent: Agent,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
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
): Promise<Answer> {
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
    return { response: await promise, latencyMs };
  } catch (error) {
    if (tooLarge.signal.aborted) {
      throw new PanelError('panel-answer-unexpected', `${url.host} sent an answer without end.`);
    }
    if (deadline.aborted) {
      throw new PanelError('panel-timeout', `${url.host} did not answer in time.`);
    }
    throw error;
  }
}

function readHealth({ response, latencyMs }: Answer, host: string): PanelHealth {
  const { statusCode, body, headers } = response;
  const isHtml = headers['content-type']?.startsWith('text/html') ?? false;
  if (statusCode === 400 && isHtml && /certificate/i.test(body)) throw certificateRequired(host);
  if (statusCode >= 502 && statusCode <= 504) {
    throw new PanelError(
      'panel-server-down',
      `The panel server of ${host} is down (${statusCode}).`,
    );
  }
  const health = statusCode === 200 ? parseHealth(body) : undefined;
  if (health !== undefined) return { ...health, latencyMs };
  const text = `${host} answered ${statusCode} in a form that no panel uses.`;
  throw new PanelError('panel-answer-unexpected', text);
}

/** `{"status":"ok","version":"0.1.30"}` (contract: on the droplet). */
function parseHealth(body: string): Omit<PanelHealth, 'latencyMs'> | undefined {
  try {
    const value = JSON.parse(body) as { status?: unknown; version?: unknown } | null;
    if (typeof value?.status !== 'string') return undefined;
    const version = typeof value.version === 'string' ? value.version : undefined;
    return { status: value.status, version };
  } catch {
    return undefined;
  }
}
