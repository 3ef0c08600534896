import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../core/time.js';
import { assumed, sample } from '../api/answer.js';
import type { DigitalOcean, RawAnswer } from '../api/digitalocean.js';
import type { ApiFault, ApiFaults } from '../faults/api-faults.js';
import { ERRORS, statusOfError } from '../fixtures.js';
import { pause } from '../delays.js';
import { ignoreBody, MAX_BODY_BYTES, readBody, reset } from './connections.js';
import type { CallRecord, RecordedCall } from '../control/state.js';

const BAD_GATEWAY_PAGE =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n';

/** Why a request gets no further than its headers, or the first part of its body. */
const REFUSALS = {
  token: sample('error-401').answer,
  host: assumed(421, 'misdirected_request', 'The Host header names another machine.').answer,
  size: assumed(413, 'payload_too_large', `A body may have ${MAX_BODY_BYTES} bytes.`).answer,
};

export interface ApiServerOptions {
  readonly api: DigitalOcean;
  readonly faults: ApiFaults;
  readonly calls: CallRecord;
  readonly clock: Clock;
}

/** Answers API calls over HTTP, or spoils them as the faults say. */
export class ApiServer {
  private readonly options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.options = options;
  }

  /** `authorization` takes the place of the header. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    authorization: string | undefined,
  ): Promise<void> {
    const { faults, calls } = this.options;
    const method = request.method ?? 'GET';
    const target = request.url ?? '/';
    const call = calls.add(method, target);
    const body = await readBody(request);
    if (body === undefined) {
      call.status = this.refuse(request, response, 'size');
      return;
    }
    const fault = faults.take(method, target.split('?', 1)[0] ?? target);
    call.fault = fault?.kind;
    // Completes a request that was sent, even when the caller stops waiting for the answer.
    const ignored = new AbortController().signal;
    const act = (): Promise<RawAnswer> =>
      this.options.api.answer({ method, target, body, authorization }, ignored);
    if (fault === undefined) send(response, await act(), call);
    else await this.spoil(fault, act, response, call);
  }

  /** Answers without reading the body, and with nothing done. The status. */
  refuse(request: IncomingMessage, response: ServerResponse, why: keyof typeof REFUSALS): number {
    const { status, headers, body } = this.options.api.complete(REFUSALS[why], {
      'x-request-id': randomUUID(),
    });
    ignoreBody(request, response);
    response.writeHead(status, headers);
    response.end(body);
    return status;
  }

  private async spoil(
    fault: ApiFault,
    act: () => Promise<RawAnswer>,
    response: ServerResponse,
    call: RecordedCall,
  ): Promise<void> {
    if ('acts' in fault && fault.acts) await act();
    switch (fault.kind) {
      case 'status':
      case 'sample':
        send(response, this.errorAnswer(fault), call);
        break;
      case 'html':
        send(
          response,
          { status: 502, headers: { 'content-type': 'text/html' }, body: BAD_GATEWAY_PAGE },
          call,
        );
        break;
      case 'reset':
      case 'unreachable':
        if (response.socket !== null) reset(response.socket);
        break;
      case 'hang':
        call.held = true;
        break;
      case 'truncated':
        send(response, truncated(await act()), call);
        break;
      case 'cut':
        cut(response, await act());
        break;
      case 'wrong-type':
        send(response, wrongTypes(await act()), call);
        break;
      case 'slow':
        await pause(this.options.clock, fault.delayMs);
        send(response, await act(), call);
        break;
    }
  }

  private errorAnswer(fault: Extract<ApiFault, { kind: 'status' | 'sample' }>): RawAnswer {
    const retry = fault.retryAfterSeconds;
    const headers: Record<string, string> =
      retry === undefined ? {} : { 'retry-after': String(retry) };
    if (fault.kind === 'sample') {
      const answer = { status: statusOfError(fault.sample), body: ERRORS[fault.sample] };
      return this.options.api.complete(answer, headers);
    }
    const body = { id: fault.id ?? 'server_error', message: fault.message ?? 'Sandbox fault' };
    return this.options.api.complete({ status: fault.status, body }, headers);
  }
}

function send(response: ServerResponse, answer: RawAnswer, call: RecordedCall): void {
  call.status = answer.status;
  const length = answer.body === undefined ? {} : { 'content-length': bytes(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.body);
}

/** Promises the whole body and breaks off in the middle. */
function cut(response: ServerResponse, answer: RawAnswer): void {
  const body = answer.body ?? '';
  response.writeHead(answer.status, { ...answer.headers, 'content-length': bytes(body) + 1 });
  // An end, not a reset: what was sent is to arrive.
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroySoon());
}

function truncated(answer: RawAnswer): RawAnswer {
  const body = answer.body ?? '';
  return { ...answer, body: body.slice(0, body.length / 2) };
}

/** Objects and lists become text, everything else a list. */
function wrongTypes(answer: RawAnswer): RawAnswer {
  const body: unknown = JSON.parse(answer.body ?? '""');
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {});
  const spoiled = entries.map(([name, value]) => [name, typeof value === 'object' ? 'text' : []]);
  return { ...answer, body: JSON.stringify(Object.fromEntries(spoiled)) };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
