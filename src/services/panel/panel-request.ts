import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type RequestOptions,
} from 'node:http';
import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { abortError } from '../network/dial.js';
import {
  certificateRequired,
  explainedByDates,
  isCertificatePage,
  PanelError,
} from './panel-error.js';
import { certificateIn, openIdentity, type P12Facts, p12Facts } from './identity.js';
import { openPanelTls, panelAddress } from './panel-tls.js';
import type { PanelClientOptions, PanelHealth } from './panel.js';

/** One request to a panel. */
export interface PanelRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
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

/** Way to one panel, with its certificate. */
export interface PanelLine {
  /** Sends it once; a GET may be repeated on a connection that turns out to be closed. */
  send(request: PanelRequest): Promise<PanelResponse>;
  /** The error, with what this way knows of its reason. */
  explain(error: PanelError): PanelError;
  /** Ends it, and all that is under way. */
  destroy(): void;
}

/**
 * Sends it once; only a GET is repeated, on a new connection, when a connection that was kept open turns out to be
 * closed. Everything else gets a new connection, on which an early end cannot be mistaken for that.
 */
async function sendToPanel(agent: PanelAgent, request: PanelRequest): Promise<PanelResponse> {
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

/** By Node's own client: a watch sends thousands of these a minute, and takes a fifth of the work of a library this way. */
function sendOnce(
  agent: PanelAgent,
  { method, url, body, cookie, timeoutMs, maxBytes, signal }: PanelRequest,
  reused: boolean[],
): Promise<PanelResponse> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const { host, port } = panelAddress(url.href);
    const sent = request({
      host,
      port,
      path: url.pathname + url.search,
      method,
      headers: headersOf(content, cookie),
      defaultPort: HTTPS_PORT,
      ...agent.way,
    });
    const late = (): PanelError =>
      new PanelError('panel-timeout', `${url.host} did not answer in time.`);
    const timer = setTimeout(() => fail(late()), timeoutMs);
    const handleAbort = (): void => fail(abortError(signal!));
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', handleAbort);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
      sent.destroy();
    };
    let sentAt = 0;
    sent.once('socket', () => reused.push(sent.reusedSocket));
    sent.once('finish', () => (sentAt = performance.now()));
    // The listener for errors stays: a late one must not end the process.
    sent.on('error', fail);
    sent.once('response', (answer) => {
      const latencyMs = performance.now() - sentAt;
      readAll(answer, maxBytes, url.host).then((read) => {
        settle();
        const { statusCode = 0, headers } = answer;
        resolve({ statusCode, headers, body: read, latencyMs });
      }, fail);
    });
    if (signal?.aborted) return handleAbort();
    signal?.addEventListener('abort', handleAbort, { once: true });
    sent.end(content);
  });
}

const HTTPS_PORT = 443;

/** Without a body there is no content type either: the panel refuses one without the other. */
function headersOf(content: string | undefined, cookie: string | undefined): OutgoingHttpHeaders {
  return {
    accept: 'application/json',
    ...(cookie === undefined ? {} : { cookie }),
    ...(content === undefined
      ? {}
      : {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(content),
        }),
  };
}

/** Rejects with PanelError for an answer that is longer than it may be. */
async function readAll(answer: IncomingMessage, maxBytes: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw answerWithoutEnd(host);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

const CONNECT_TIMEOUT_MS = 10_000;
/** From then on the panel proves itself anew: its certificate may have changed or expired. */
const SESSION_MS = 3_600_000;

/**
 * Opens connections over the Dial, with the certificate, to the trusted panel only. Keeps one of them open, or closes each
 * and resumes its TLS session, which takes a fifth of the work of a handshake and no memory in between.
 * Opens the certificate for the first connection, and forgets its password then.
 */
export class PanelAgent implements PanelLine {
  /** Where a request gets its connection from: an agent that keeps one, or straight from here, without an agent's work. */
  readonly way: Pick<RequestOptions, 'agent' | 'createConnection' | 'protocol'>;
  private readonly connections: Agent | undefined;
  private readonly panel: Omit<PanelClientOptions, 'identity'>;
  private identity: PanelClientOptions['identity'] | undefined;
  private secureContext: SecureContext | undefined;
  private facts: P12Facts | undefined;
  /** One for each connection that is being opened: a signal for all of them would keep something of each. */
  private readonly opening = new Set<AbortController>();
  /** Connections that end with their request. */
  private readonly used = new Set<Duplex>();
  /** Newest session of the panel, and when it proved itself, by `now`. */
  private session: { readonly bytes: Buffer; readonly provedAt: number } | undefined;

  constructor(
    { identity, ...panel }: PanelClientOptions,
    private readonly between: 'keep-open' | 'resume' = 'keep-open',
  ) {
    this.panel = panel;
    this.identity = identity;
    const createConnection: RequestOptions['createConnection'] = (_options, callback) => {
      this.open().then(
        (socket) => callback(null, socket),
        // Node leaves the stream out when there is an error.
        (error: Error) => (callback as (error: Error) => void)(error),
      );
      return undefined;
    };
    this.connections =
      between === 'keep-open' ? new Agent({ keepAlive: true, maxFreeSockets: 1 }) : undefined;
    if (this.connections === undefined) this.way = { createConnection };
    else {
      this.connections.createConnection = createConnection;
      this.way = { agent: this.connections, protocol: 'https:' };
    }
  }

  send(request: PanelRequest): Promise<PanelResponse> {
    return sendToPanel(this, request);
  }

  /** The error, explained by the dates of the certificate that was shown. */
  explain(error: PanelError): PanelError {
    const { now = Date.now } = this.panel;
    return explainedByDates(error, this.certificateFacts(), now());
  }

  /** Epoch milliseconds; undefined until the certificate was opened. */
  certificateEnd(): number | undefined {
    return this.certificateFacts()?.notAfter;
  }

  /** Closes connections that are open and unused, so that the next request gets a new one. */
  dropIdle(): void {
    for (const socket of Object.values(this.connections?.freeSockets ?? {}).flat())
      socket?.destroy();
  }

  destroy(): void {
    for (const stop of this.opening) stop.abort();
    this.identity = undefined;
    this.session = undefined;
    this.connections?.destroy();
    for (const socket of this.used) socket.destroy();
  }

  private async open(): Promise<Duplex> {
    const { panelUrl, trust, dial, now = Date.now } = this.panel;
    const at = now();
    if (Math.abs(at - (this.session?.provedAt ?? at)) >= SESSION_MS) this.session = undefined;
    const { session } = this;
    const keep = (bytes: Buffer): void => {
      this.session = { bytes, provedAt: session?.provedAt ?? at };
    };
    const stop = new AbortController();
    this.opening.add(stop);
    try {
      const socket = await openPanelTls({
        ...panelAddress(panelUrl),
        trust,
        dial,
        session: session?.bytes,
        onSession: this.between === 'resume' ? keep : undefined,
        secureContext: this.openSecureContext(),
        timeoutMs: CONNECT_TIMEOUT_MS,
        signal: stop.signal,
      });
      if (this.between === 'resume')
        this.used.add(socket.once('close', () => this.used.delete(socket)));
      return socket;
    } catch (error) {
      // The next one does without what may have failed this one.
      this.session = undefined;
      throw error;
    } finally {
      this.opening.delete(stop);
    }
  }

  private certificateFacts(): P12Facts | undefined {
    if (this.facts !== undefined || this.secureContext === undefined) return this.facts;
    const own = certificateIn(this.secureContext);
    this.facts = own === undefined ? undefined : p12Facts(own);
    return this.facts;
  }

  private openSecureContext(): SecureContext {
    if (this.secureContext !== undefined) return this.secureContext;
    if (this.identity === undefined) throw new Error('The panel client was closed.');
    const { trust, authorities = trust.kind === 'pinned' ? [] : undefined } = this.panel;
    this.secureContext = openIdentity(this.identity, authorities);
    this.identity = undefined;
    return this.secureContext;
  }
}

/** Answer of `/api/health`, independent of the client. */
export interface PanelAnswer {
  readonly statusCode: number;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly latencyMs: number;
}

/** The answer to a request of `/api/health`. */
export function healthAnswer({ headers, body, ...rest }: PanelResponse): PanelAnswer {
  const [contentType] = [headers['content-type']].flat();
  return { ...rest, contentType, body: body.toString('utf8') };
}

/** Health, or the PanelError that the answer means. `host` is a name or address with its port. */
export function readHealth(answer: PanelAnswer, host: string): PanelHealth {
  const { statusCode, contentType, body, latencyMs } = answer;
  if (isCertificatePage(statusCode, contentType, body)) throw certificateRequired(host);
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

/** An answer that was cut off because it was too long for a panel's. */
export function answerWithoutEnd(host: string): PanelError {
  return new PanelError('panel-answer-unexpected', `${host} sent an answer without end.`);
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
