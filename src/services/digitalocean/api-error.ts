import { type ErrorDetails, PortlamaError } from '../../core/errors.js';

/** Every way in which a call can fail. */
export type ApiErrorCode =
  // DigitalOcean refused: nothing was changed.
  | 'token-invalid'
  | 'scope-missing'
  | 'not-found'
  | 'account-blocked'
  | 'account-finalizing'
  | 'droplet-limit'
  | 'size-unavailable'
  | 'region-unavailable'
  | 'image-unavailable'
  | 'name-invalid'
  | 'tag-invalid'
  | 'ssh-key-unknown'
  | 'ssh-key-in-use'
  | 'ssh-key-invalid'
  | 'pending-event'
  | 'request-refused'
  | 'rate-limited'
  // DigitalOcean, or something on the way to it, failed.
  | 'server-error'
  | 'gateway-error'
  | 'proxy-login-needed'
  | 'redirected'
  | 'answer-unreadable'
  | 'dns-failed'
  | 'connection-refused'
  | 'network-unreachable'
  | 'connection-lost'
  | 'timed-out'
  | 'tls-failed'
  // A create whose answer did not arrive: it may have been done.
  | 'answer-lost';

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
