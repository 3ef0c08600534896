import { randomBytes } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import type { Writable } from 'node:stream';
import {
  askByCurl,
  curlFailure,
  type CurlPanelOptions,
  lastHead,
  parseHeaders,
} from './curl-panel-client.js';
import { type ProvisionMessage, readMessage } from './panel-bodies.js';
import { answerWithoutEnd } from './panel-request.js';
import { MAX_MESSAGE_BYTES, refusalOf, type StreamRequest } from './panel-stream.js';

/** Longest head and body of an answer that opens no stream. */
const MAX_ANSWER_BYTES = 320 * 1024;
/** A curl that got nothing in so many of the pauses after which another one joins has a dead connection. */
const SILENT_PAUSES = 3;

/**
 * Messages of a panel's installation like `followProvision`, through the system's curl. curl sends no pings, and nginx cuts
 * a silent stream: after `pingMs` of silence a second curl joins, and ends the first one with its first message, a state.
 * The panel tells each stream everything, so nothing is missed in between.
 */
export async function* followByCurl(
  options: CurlPanelOptions,
  request: StreamRequest,
): AsyncGenerator<ProvisionMessage> {
  const { signal } = request;
  signal.throwIfAborted();
  const relay = new Relay(options, request);
  const messages = on(relay, 'message', { signal, close: ['end'] });
  try {
    relay.begin();
    for await (const [message] of messages) yield message as ProvisionMessage;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    relay.end();
  }
}

/** Each stream is known by what ends its curl. */
class Relay extends EventEmitter<{ message: [ProvisionMessage]; end: []; error: [unknown] }> {
  private current: AbortController | undefined;
  /** Takes the place of the current one. */
  private next: AbortController | undefined;
  private silence: NodeJS.Timeout | undefined;
  private isJoined = false;
  private isOver = false;

  constructor(
    private readonly options: CurlPanelOptions,
    private readonly request: StreamRequest,
  ) {
    super();
  }

  begin(): void {
    this.current = this.join();
  }

  end(error?: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.silence);
    this.current?.abort();
    this.next?.abort();
    if (error === undefined) this.emit('end');
    else this.emit('error', error);
  }

  private join(): AbortController {
    const stream = new AbortController();
    followOnce(this.options, this.request, stream, (message) =>
      this.handleMessage(stream, message),
    ).then(
      () => this.handleEnd(stream),
      (error: unknown) => this.handleEnd(stream, error),
    );
    return stream;
  }

  private handleMessage(stream: AbortController, message: ProvisionMessage): void {
    if (stream.signal.aborted) return;
    if (stream === this.next) {
      this.current?.abort();
      [this.current, this.next] = [stream, undefined];
    }
    this.isJoined = true;
    // Without a run no message can be missed.
    if (!('type' in message) || message.isRunning) this.awaitSilence();
    this.emit('message', message);
  }

  private handleEnd(stream: AbortController, error?: unknown): void {
    if (this.isOver) return;
    if (stream === this.next) {
      this.next = undefined;
      this.awaitSilence();
    } else if (stream === this.current) {
      [this.current, this.next] = [this.next, undefined];
      if (this.current === undefined) this.end(this.isJoined ? undefined : error);
    }
  }

  private awaitSilence(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.next ??= this.join();
    }, this.request.pingMs);
  }
}

/** Parser of the library, missing in its types. */
interface WebSocketParser {
  readonly Receiver: new (options: { readonly maxPayload: number }) => Writable;
}

/** Follows by one curl, which `stream` ends. Rejects with PanelApiError or PanelError when no stream was opened. */
async function followOnce(
  options: CurlPanelOptions,
  { url, cookie, host, pingMs }: StreamRequest,
  stream: AbortController,
  handleMessage: (message: ProvisionMessage) => void,
): Promise<void> {
  const { Receiver } = (await import('ws')) as unknown as WebSocketParser;
  const receiver = new Receiver({ maxPayload: MAX_MESSAGE_BYTES });
  receiver.on('message', (data: Buffer) => {
    const message = readMessage(data.toString('utf8'));
    if (message !== undefined) handleMessage(message);
  });
  // A Close frame is answered by the end of the connection.
  receiver.on('conclude', () => stream.abort());
  receiver.on('error', () => stream.abort());
  let answer = '';
  let isOpen = false;
  const handleOutput = (chunk: Buffer): void => {
    if (isOpen) {
      receiver.write(chunk);
      return;
    }
    answer += chunk.toString('latin1');
    const [head, begin] = lastHead(answer);
    isOpen = statusOf(head) === 101;
    if (isOpen) receiver.write(Buffer.from(answer.slice(begin), 'latin1'));
    else if (answer.length > MAX_ANSWER_BYTES) stream.abort(answerWithoutEnd(host));
  };
  const silentMs = SILENT_PAUSES * pingMs;
  const asked = { method: 'GET', url, cookie, timeoutMs: silentMs, maxBytes: 0 } as const;
  const upgrade = { key: randomBytes(16).toString('base64'), silentMs, handleOutput };
  try {
    const result = await askByCurl(options, { ...asked, upgrade }, stream.signal);
    if (isOpen) return;
    throw result.exitCode === 0 ? refusal(answer, host) : curlFailure(result, host, options);
  } catch (error) {
    if (!isOpen) throw error;
  }
}

function refusal(answer: string, host: string): Error {
  const [head, begin] = lastHead(answer);
  const body = Buffer.from(answer.slice(begin), 'latin1').toString('utf8');
  return refusalOf(host, statusOf(head), parseHeaders(head), body);
}

function statusOf(head: string): number {
  return Number(/^HTTP\/\S+ (\d{3})/.exec(head)?.[1] ?? 0);
}
