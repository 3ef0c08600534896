import type { Clock } from '../../core/time.js';
import type { ApiCall, ApiRetry } from './api.js';
import {
  ApiError,
  asLostAnswer,
  type Call,
  errorOfAnswer,
  errorOfNoAnswer,
  errorOfUnreadable,
  requestIdOf,
  type Speaker,
} from './api-error.js';
import type { ApiErrorCode } from './failures.js';
import { type HttpAnswer, NoAnswer, type Send } from './transport.js';

/** Thrown by a reader for a body that it cannot read; the message names the place, never a value. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export interface CallOptions<T> {
  /** Turns an accepted answer into the result, or throws Unreadable. */
  readonly read: (answer: HttpAnswer) => T;
  /** Statuses that `read` takes besides 2xx. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** Awaited right before each try; its error ends the call. */
  readonly check?: () => Promise<void>;
  /** Instead of the client's own. */
  readonly budgetMs?: number;
  /** For one try, instead of the client's own. */
  readonly timeoutMs?: number;
  /** Instead of the base URL with the call's path. */
  readonly url?: URL;
}

export interface CallerOptions {
  readonly baseUrl: URL;
  /** Loads the HTTP library on the first call. */
  readonly loadSend: () => Promise<Send>;
  readonly speaker: Speaker;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryBudgetMs: number;
  readonly handleCall: (call: ApiCall) => void;
  readonly handleRetry: (retry: ApiRetry) => void;
}

/** Facts about a finished call besides its result. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier try of it got no answer, so it may already have had its effect then. */
  readonly mayHaveRunBefore: boolean;
}

export type Caller = <T>(call: Call, options: CallOptions<T>) => Promise<Outcome<T>>;

/** Makes calls with retries: reads and deletes for as long as the budget lasts, creates only if certainly not done. */
export function createCaller(context: CallerOptions): Caller {
  const { clock, random, handleRetry } = context;
  return async (call, options) => {
    const { signal, budgetMs = context.retryBudgetMs } = options;
    const deadline = clock.monotonic() + budgetMs;
    let mayHaveRunBefore = false;
    for (let tries = 1; ; tries += 1) {
      await options.check?.();
      try {
        return { value: await tryOnce(context, call, options), mayHaveRunBefore };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const remainingMs = deadline - clock.monotonic();
        const waitMs = waitBeforeRetry(error, { tries, remainingMs, random });
        if (waitMs === undefined) throw error;
        mayHaveRunBefore ||= !error.isCertainlyRefused;
        handleRetry({ method: call.method, path: call.path, reason: error.reason, waitMs });
        await clock.sleep(waitMs, signal);
      }
    }
  };
}

async function tryOnce<T>(context: CallerOptions, call: Call, options: CallOptions<T>): Promise<T> {
  try {
    return await exchange(context, call, options);
  } catch (error) {
    if (error instanceof ApiError && call.method === 'POST' && !error.isCertainlyRefused)
      throw asLostAnswer(call, error);
    throw error;
  }
}

async function exchange<T>(
  context: CallerOptions,
  call: Call,
  options: CallOptions<T>,
): Promise<T> {
  const { clock, speaker } = context;
  const { read, accept = [] } = options;
  const answer = await sendCounted(context, call, options);
  if (!isSuccess(answer.status) && !accept.includes(answer.status))
    throw errorOfAnswer(call, answer, speaker, clock.now());
  try {
    return read(answer);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw errorOfUnreadable(call, answer, error.message, speaker);
  }
}

async function sendCounted(
  { baseUrl, loadSend, clock, speaker, handleCall }: CallerOptions,
  call: Call,
  { url = below(baseUrl, call.path), signal, timeoutMs }: Omit<CallOptions<unknown>, 'read'>,
): Promise<HttpAnswer> {
  const { method, path, body } = call;
  const send = await loadSend();
  const start = clock.monotonic();
  const done = (answer?: HttpAnswer): void =>
    handleCall({
      method,
      path,
      status: answer?.status,
      durationMs: clock.monotonic() - start,
      requestId: answer === undefined ? undefined : requestIdOf(answer, speaker),
    });
  const answer = await send({ method, url, body, signal, timeoutMs }).catch((error: unknown) => {
    done();
    throw error instanceof NoAnswer ? errorOfNoAnswer(call, error, speaker) : error;
  });
  done(answer);
  return answer;
}

/** The base may have a path of its own; it ends with a slash. */
function below(baseUrl: URL, path: string): URL {
  return new URL(path.slice(1), baseUrl);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

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
function waitBeforeRetry(error: ApiError, facts: RetryFacts): number | undefined {
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
