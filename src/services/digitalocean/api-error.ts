import { type ErrorDetails, PortlamaError } from '../../core/errors.js';
import {
  ANSWER_FAILURES,
  type AnswerFailure,
  type ApiErrorCode,
  CONNECTION_FAILURES,
  type Failure,
} from './failures.js';
import { cleanForeignText } from './foreign-text.js';
import { RESOURCE_GROUPS } from './scopes.js';
import type { HttpAnswer, Method, NoAnswer } from './transport.js';

export interface ApiErrorDetails extends ErrorDetails {
  readonly code: ApiErrorCode;
  readonly hint?: string | undefined;
  /** Cause without the purpose: `DigitalOcean is rate limiting`. */
  readonly reason?: string | undefined;
  readonly status?: number | undefined;
  readonly apiId?: string | undefined;
  readonly apiMessage?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** The connection was never made. */
  readonly neverSent?: boolean | undefined;
}

const REQUEST_TIMEOUT = 408;

/** Failed call. Holds neither the token nor any part of the request beyond its message. */
export class ApiError extends PortlamaError {
  override readonly name = 'ApiError';
  declare readonly code: ApiErrorCode;
  declare readonly hint: string | undefined;
  readonly reason: string;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** DigitalOcean's error id (`unprocessable_entity`). */
  readonly apiId: string | undefined;
  /** DigitalOcean's own words, cleaned. */
  readonly apiMessage: string | undefined;
  /** For DigitalOcean's support. */
  readonly requestId: string | undefined;
  /** Wait requested by DigitalOcean, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** True when the call provably changed nothing: it was refused, or never arrived. */
  readonly isCertainlyRefused: boolean;

  constructor(details: ApiErrorDetails) {
    super(details);
    this.reason = details.reason ?? details.message;
    this.status = details.status;
    this.apiId = details.apiId;
    this.apiMessage = details.apiMessage;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.isCertainlyRefused = details.neverSent === true || isRefusal(details.status);
  }
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== REQUEST_TIMEOUT;
}

/** One call of the API, and how to speak of it. */
export interface Call {
  readonly method: Method;
  /** Below the base URL, with query: `/v2/droplets?per_page=200`. */
  readonly path: string;
  readonly body?: unknown;
  /** Purpose of the failed call: `create the droplet`. */
  readonly purpose: string;
  /** The scope it needs. */
  readonly scope: string;
}

/** Error body. `isOurs` tells DigitalOcean's errors from those of a proxy. */
interface ErrorBody {
  readonly id: string | undefined;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
  /** JSON of one of DigitalOcean's two forms. */
  readonly isOurs: boolean;
}

export interface Speaker {
  /** Host of the API, for messages. */
  readonly host: string;
  /** Takes the token out of foreign text. */
  redact(text: string): string;
}

/** An answer that is not a success. `nowMs` is this machine's clock. */
export function errorOfAnswer(
  call: Call,
  answer: HttpAnswer,
  by: Speaker,
  nowMs: number,
): ApiError {
  const body = readErrorBody(answer, by);
  const failure = ANSWER_FAILURES.find((candidate) => matches(candidate, answer.status, body))!;
  const retryAfterMs = readRetryAfter(answer, nowMs);
  return build(call, failure, by, {
    status: answer.status,
    apiId: body.id,
    apiMessage: body.message,
    requestId: body.requestId,
    retryAfterMs,
  });
}

/** A success that cannot be read. `problem` names the place, never the value. */
export function errorOfUnreadable(
  call: Call,
  answer: HttpAnswer,
  problem: string,
  by: Speaker,
): ApiError {
  const failure = ANSWER_FAILURES.find(({ code }) => code === 'answer-unreadable')!;
  return build(call, { ...failure, reason: `${failure.reason} (${problem})` }, by, {
    status: answer.status,
    requestId: requestIdOf(answer, by),
  });
}

export function errorOfNoAnswer(
  call: Call,
  { systemCode, neverSent }: NoAnswer,
  by: Speaker,
): ApiError {
  const failure = CONNECTION_FAILURES.find((kind) => kind.systemCode.test(systemCode))!;
  const code = cleanForeignText(systemCode, 40);
  return build(call, { ...failure, reason: `${failure.reason} (${code})` }, by, { neverSent });
}

/**
 * Marks a create whose answer was lost: it may have taken effect, so the resource must be searched
 * for.
 */
export function asLostAnswer(call: Call, error: ApiError): ApiError {
  return new ApiError({
    code: 'answer-lost',
    message: `The request to ${call.purpose} was not confirmed: ${error.reason}.`,
    reason: error.reason,
    hint: 'It may have succeeded: check before you try again.',
    retryable: false,
    status: error.status,
    apiId: error.apiId,
    apiMessage: error.apiMessage,
    requestId: error.requestId,
  });
}

type Facts = Pick<
  ConstructorParameters<typeof ApiError>[0],
  'status' | 'apiId' | 'apiMessage' | 'requestId' | 'retryAfterMs' | 'neverSent'
>;

/** `account, droplet, regions, ssh_key and tag`, with the group of a scope that only some commands need. */
function groupsFor(scope: string): string {
  const [own = ''] = scope.split(':');
  const groups = [...new Set<string>([...RESOURCE_GROUPS, ...(own === '' ? [] : [own])])].sort();
  return `${groups.slice(0, -1).join(', ')} and ${groups.at(-1)}`;
}

function build(call: Call, failure: Failure, by: Speaker, facts: Facts): ApiError {
  const fill = (text: string): string =>
    text
      .replaceAll('{scope}', call.scope)
      .replaceAll('{groups}', groupsFor(call.scope))
      .replaceAll('{host}', by.host)
      .replaceAll('{status}', String(facts.status));
  const reason = fill(failure.reason);
  const said = facts.apiMessage?.replace(/\.$/, '');
  const words = said === undefined ? '' : ` (DigitalOcean: ${said})`;
  const trace =
    facts.requestId === undefined || !NEEDS_SUPPORT.has(failure.code)
      ? ''
      : ` DigitalOcean’s support can trace it by the request ID ${facts.requestId}.`;
  const when =
    facts.retryAfterMs === undefined ? '' : ` It may work again in ${inWords(facts.retryAfterMs)}.`;
  return new ApiError({
    ...facts,
    code: failure.code,
    message: `Could not ${call.purpose}: ${reason}${words}.`,
    reason,
    hint: fill(failure.hint) + when + trace,
    retryable: failure.retryable,
  });
}

const NEEDS_SUPPORT: ReadonlySet<string> = new Set([
  'server-error',
  'request-refused',
  'account-blocked',
]);

function matches({ statuses, text, foreignBody }: AnswerFailure, status: number, body: ErrorBody) {
  if (status < statuses[0] || status > statuses[1]) return false;
  if (foreignBody === true && body.isOurs) return false;
  return text === undefined || text.test(body.message ?? '');
}

/** `{id,message,request_id}`; a tag that is refused has `{error,messages,root_causes}` (CONTRACT.md, "Errors"). */
function readErrorBody(answer: HttpAnswer, by: Speaker): ErrorBody {
  const json = parseObject(answer.text);
  const text = (key: string, maxLength?: number): string | undefined => {
    const value = json?.[key];
    if (typeof value !== 'string') return undefined;
    return cleanForeignText(by.redact(value), maxLength) || undefined;
  };
  const message = text('message') ?? text('error');
  return {
    id: text('id', 60),
    message,
    requestId: text('request_id', 80) ?? requestIdOf(answer, by),
    isOurs: message !== undefined,
  };
}

/** Some answers have it only here. */
export function requestIdOf(
  { headers }: Pick<HttpAnswer, 'headers'>,
  by: Speaker,
): string | undefined {
  const header = headers['x-request-id'];
  if (typeof header !== 'string') return undefined;
  return cleanForeignText(by.redact(header), 80) || undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the wait DigitalOcean asks for: `retry-after` (seconds or a date) at the burst limit, else
 * `ratelimit-reset` (epoch seconds) at the hourly one, which has no `retry-after`. Measured against
 * the answer's own `date`, since this machine's clock may be wrong.
 */
function readRetryAfter({ status, headers }: HttpAnswer, nowMs: number): number | undefined {
  const dated = Date.parse(headers.date ?? '');
  const now = Number.isNaN(dated) ? nowMs : dated;
  const asked = headers['retry-after']?.trim();
  if (asked !== undefined && asked !== '') {
    const ms = /^\d+(\.\d+)?$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
    if (Number.isFinite(ms)) return Math.max(ms, 0);
  }
  const reset = Number(headers['ratelimit-reset']);
  if (status !== 429 || headers['ratelimit-remaining'] !== '0' || !(reset > 0)) return undefined;
  return Math.max(reset * 1000 - now, 1000);
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
