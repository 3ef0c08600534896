import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WebSocket } from 'ws';
import type { PanelAgent, PanelLine, PanelResponse } from './panel-request.js';
import { apiError, PanelApiError } from './panel-api-error.js';
import { type ProvisionMessage, readMessage } from './panel-bodies.js';
import { pageError, type PanelError, toPanelError } from './panel-error.js';

const HANDSHAKE_MS = 15_000;
export const MAX_MESSAGE_BYTES = 256 * 1024;

export interface StreamRequest {
  readonly url: URL;
  readonly cookie: string | undefined;
  readonly host: string;
  readonly signal: AbortSignal;
  /** Silence after which it is kept from being cut, milliseconds. */
  readonly pingMs: number;
}

/** Way to a panel on which its installation is followed as well. */
export interface FollowedLine extends PanelLine {
  /** Like `followProvision`. */
  follow(request: StreamRequest): AsyncGenerator<ProvisionMessage>;
}

interface StreamOptions extends StreamRequest {
  readonly agent: PanelAgent;
}

/**
 * Messages of a panel's installation, the state first; it comes again when the stream was joined again. Ends when the stream does, which says nothing about the
 * installation; rejects with PanelApiError or PanelError when it cannot be opened, and with the signal's reason.
 * Closes it when the caller stops: an open one would hold up a restart of the panel.
 */
export async function* followProvision(options: StreamOptions): AsyncGenerator<ProvisionMessage> {
  const { signal, pingMs } = options;
  signal.throwIfAborted();
  const queue: ProvisionMessage[] = [];
  let wake = (): void => undefined;
  let ended = false;
  // The listeners are there before the panel can say anything: its first message comes with its answer.
  const socket = await open(options, (data) => {
    const message = readMessage(data);
    if (message !== undefined) queue.push(message);
    wake();
  });
  const end = (): void => {
    ended = true;
    wake();
  };
  socket.on('close', end);
  signal.addEventListener('abort', end, { once: true });
  const pings = keepAlive(socket, pingMs);
  try {
    while (true) {
      signal.throwIfAborted();
      const message = queue.shift();
      if (message !== undefined) yield message;
      else if (ended || socket.readyState === socket.CLOSED) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    clearInterval(pings);
    signal.removeEventListener('abort', end);
    if (signal.aborted) socket.terminate();
    else socket.close();
  }
}

/** Ends a connection on which even pings get no answer. */
function keepAlive(socket: WebSocket, everyMs: number): NodeJS.Timeout {
  let isAnswered = true;
  socket.on('pong', () => (isAnswered = true));
  socket.on('message', () => (isAnswered = true));
  return setInterval(() => {
    if (!isAnswered) {
      socket.terminate();
      return;
    }
    isAnswered = false;
    socket.ping();
  }, everyMs);
}

async function open(
  { url, agent, cookie, host, signal }: StreamOptions,
  handleMessage: (data: string) => void,
): Promise<WebSocket> {
  const { WebSocket: Socket } = await import('ws');
  agent.dropIdle();
  const socket = new Socket(new URL(url.href.replace(/^https/, 'wss')), {
    agent: agent.way.agent,
    headers: cookie === undefined ? {} : { cookie },
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  });
  socket.on('message', (data: Buffer) => handleMessage(data.toString('utf8')));
  // A late error closes it, which is all that matters then.
  socket.on('error', () => undefined);
  const stop = (): void => socket.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        refusal(response, host).then(reject, reject);
      });
    });
    return socket;
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error instanceof PanelApiError ? error : toPanelError(error, host);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function refusal(response: IncomingMessage, host: string): Promise<Error> {
  return refusalOf(host, response.statusCode ?? 0, response.headers, await text(response));
}

/** The error that an answer of this status means. */
export function refusalOf(
  host: string,
  status: number,
  headers: PanelResponse['headers'],
  body: string,
): PanelError | PanelApiError {
  const [contentType] = [headers['content-type']].flat();
  const [retryAfter] = [headers['retry-after']].flat();
  return pageError(host, status, contentType, body) ?? apiError(host, status, body, retryAfter);
}
