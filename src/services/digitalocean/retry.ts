import type { ApiError, ApiErrorCode } from './api-error.js';

const FIRST_BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 8000;
/** A rate limit without a word on when it ends is not asked again at once. */
const MIN_RATE_LIMIT_MS = 1000;
/**
 * Limit of tries after an answer that is not JSON: it often comes from a proxy, and may persist.
 */
const MAX_UNREADABLE_TRIES = 5;

/** Failures that pass by themselves. A create only ever gets here when it was certainly not done. */
const TRANSIENT: ReadonlySet<ApiErrorCode> = new Set<ApiErrorCode>([
  'rate-limited',
  'server-error',
  'gateway-error',
  'timed-out',
  'connection-lost',
  'connection-refused',
  'network-unreachable',
  'dns-failed',
  'answer-unreadable',
]);

export interface RetryFacts {
  /** Tries made so far, from 1. */
  readonly tries: number;
  /** Milliseconds left to start another try. */
  readonly remainingMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Gives the milliseconds to wait before a retry; undefined to give up. */
export function waitBeforeRetry(error: ApiError, facts: RetryFacts): number | undefined {
  if (!TRANSIENT.has(error.code)) return undefined;
  if (error.code === 'answer-unreadable' && facts.tries >= MAX_UNREADABLE_TRIES) return undefined;
  const waitMs = Math.max(backOff(facts), error.retryAfterMs ?? leastWait(error));
  return waitMs <= facts.remainingMs ? waitMs : undefined;
}

/** Doubles each time; half of it is chance, so that many programs do not come back together. */
function backOff({ tries, random }: RetryFacts): number {
  const full = Math.min(FIRST_BACK_OFF_MS * 2 ** (tries - 1), MAX_BACK_OFF_MS);
  return full / 2 + (full / 2) * random();
}

function leastWait({ code }: ApiError): number {
  return code === 'rate-limited' ? MIN_RATE_LIMIT_MS : 0;
}
