import type { IncomingHttpHeaders } from 'node:http';
import type { LookupFunction } from 'node:net';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Milliseconds a try may spend in each phase. */
export interface Timeouts {
  readonly lookup: number;
  readonly connect: number;
  readonly secureConnect: number;
  /** From the request's last byte to the answer's first. */
  readonly response: number;
  /** From the answer's first byte to its last. */
  readonly read: number;
  /** All of it. */
  readonly request: number;
}

export interface TransportOptions {
  /** Secret. Sent as bearer token to every address asked for, and to no address it is redirected to. */
  readonly token: string;
  readonly userAgent: string;
  readonly timeouts: Timeouts;
  readonly lookup?: LookupFunction | undefined;
  /** Path of a Unix socket that every connection goes to, whatever the address. */
  readonly socketPath?: string | undefined;
}

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** For all of it, instead of the client's own. */
  readonly timeoutMs?: number | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No answer, or only a part of one. Carries nothing of the request: that one holds the token. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    /** `ECONNRESET`, `CERT_HAS_EXPIRED` */
    readonly systemCode: string,
    /** The connection was never made, so the request cannot have arrived. */
    readonly neverSent: boolean,
  ) {
    super(systemCode);
  }
}

/** One try of one request. Rejects with NoAnswer, or with the signal's reason. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;
