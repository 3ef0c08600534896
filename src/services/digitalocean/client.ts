import type { LookupFunction } from 'node:net';
import { InputError } from '../../core/errors.js';
import { Emitter } from '../../core/event.js';
import { PROGRAM } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import type { ApiCall, ApiRetry, DigitalOceanApi } from './api.js';
import { requireApiUrl } from './api-url.js';
import { createCaller } from './caller.js';
import { accountCalls, catalogueCalls } from './calls/account.js';
import { actionCalls } from './calls/actions.js';
import { domainCalls } from './calls/domains.js';
import { dropletCalls } from './calls/droplets.js';
import { sshKeyCalls, tagCalls } from './calls/keys-and-tags.js';
import type { Timeouts } from './transport.js';

const DEFAULT_RETRY_BUDGET_MS = 60_000;
const DEFAULT_TIMEOUTS: Timeouts = {
  lookup: 10_000,
  connect: 10_000,
  secureConnect: 10_000,
  response: 30_000,
  read: 30_000,
  request: 60_000,
};

export interface DigitalOceanOptions {
  /** See `requireApiUrl`. */
  readonly baseUrl: string;
  /** Secret. */
  readonly token: string;
  readonly clock: Clock;
  readonly userAgent?: string;
  /** Time limit for retries of a call, milliseconds; does not cut short a running try. */
  readonly retryBudgetMs?: number;
  readonly timeouts?: Partial<Timeouts>;
  /** From 0 up to 1: spreads the retries. */
  readonly random?: () => number;
  /** Instead of the system's name resolution. */
  readonly lookup?: LookupFunction;
  /** Path of a Unix socket for all connections, regardless of `baseUrl`. */
  readonly socketPath?: string | undefined;
}

/** A client of DigitalOcean's API. Makes no request, and loads no HTTP library, before the first call. */
export function createDigitalOcean(options: DigitalOceanOptions): DigitalOceanApi {
  const { token, clock, retryBudgetMs = DEFAULT_RETRY_BUDGET_MS, random = Math.random } = options;
  requireSendable(token);
  const baseUrl = requireApiUrl(options.baseUrl);
  const callMade = new Emitter<ApiCall>();
  const retrying = new Emitter<ApiRetry>();
  const caller = createCaller({
    baseUrl,
    loadSend: once(async () => {
      const { createTransport } = await import('./http.js');
      return createTransport({
        token,
        userAgent: options.userAgent ?? PROGRAM,
        timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
        lookup: options.lookup,
        socketPath: options.socketPath,
      });
    }),
    speaker: { host: baseUrl.host, redact: (text) => text.replaceAll(token, '[token]') },
    clock,
    random,
    retryBudgetMs,
    handleCall: (call) => callMade.fire(call),
    handleRetry: (retry) => retrying.fire(retry),
  });
  return {
    onCall: callMade.event,
    onRetry: retrying.event,
    ...accountCalls(caller, baseUrl),
    ...catalogueCalls(caller),
    ...dropletCalls(caller),
    ...actionCalls(caller),
    ...sshKeyCalls(caller),
    ...tagCalls(caller),
    ...domainCalls(caller),
  };
}

/** A header can hold nothing else; whether it looks like a token is asked where it is entered. */
function requireSendable(token: string): void {
  if (/^[\x21-\x7e]+$/.test(token)) return;
  throw new InputError({
    code: 'token-malformed',
    message: 'The token is empty or contains characters that no token has.',
    hint: 'Copy it again from DigitalOcean, without spaces and line breaks.',
  });
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
}
