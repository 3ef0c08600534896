import { PortlamaError } from '../../core/errors.js';
import { Emitter } from '../../core/event.js';
import type { Disposable } from '../../core/lifecycle.js';
import { type Clock, spanText, systemClock } from '../../core/time.js';
import { abortError, authorityOf, type Dial } from '../network/dial.js';
import { connectionLost, SshError } from './ssh-error.js';
import type { ConnectSsh, SshConnection, SshTarget } from './ssh.js';

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 5_000;
const BUDGET_MS = 5 * 60_000;
const CONNECT_TIMEOUT_MS = 20_000;
/**
 * Until the first connection, a try waits no longer for the server's side. What comes before a server listens may be
 * dropped, and the system repeats it after 1, 2, 4 and 8 s. A way that needs longer has no time for the handshake.
 */
const FIRST_DIAL_MS = 5_000;
/** A server's first boot: sshd may answer some seconds before cloud-init has written authorized_keys. */
const AUTHENTICATION_GRACE_MS = 60_000;
/**
 * Time after which a connection counts as stable, milliseconds; later failures start a new trouble.
 */
const STABLE_MS = 10_000;

/** Reason for a wait, shown to the user. */
export interface SshWait {
  /** `203.0.113.7:22 refuses connections (…). Next try in 5 s.` */
  readonly text: string;
  readonly error: SshError;
  /** Tries so far, from 1. */
  readonly attempt: number;
  /** Milliseconds until the next try. */
  readonly retryInMs: number;
  /** Milliseconds after which it is given up. */
  readonly budgetLeftMs: number;
}

export interface ReconnectOptions {
  readonly clock?: Clock;
  /** Time limit for trouble before it is an error. */
  readonly budgetMs?: number;
  /** Longest pause between two tries. */
  readonly backoffMaxMs?: number;
  /** Time for which refused keys are retried before the first connection. */
  readonly authenticationGraceMs?: number;
  /** One try, from dial to login. */
  readonly connectTimeoutMs?: number;
}

/** State kept between failed tries, until a connection has held. */
interface Trouble {
  readonly since: number;
  authenticationSince: number | undefined;
  attempt: number;
}

/**
 * Connection that reconnects. `use` connects when needed and calls `work` again after a lost
 * connection, so `work` must be able to resume. Ends at once on a changed host key or a refused
 * key.
 */
export class ReconnectingSsh implements Disposable {
  private readonly waiting = new Emitter<SshWait>();
  readonly onWaiting = this.waiting.event;
  private readonly clock: Clock;
  private readonly stop = new AbortController();
  private connection: SshConnection | undefined;
  private connecting: Promise<SshConnection> | undefined;
  private everConnected = false;

  constructor(
    private readonly connect: ConnectSsh,
    private readonly target: SshTarget,
    private readonly options: ReconnectOptions = {},
  ) {
    this.clock = options.clock ?? systemClock;
  }

  async use<T>(work: (connection: SshConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let trouble: Trouble | undefined;
    for (;;) {
      let connectedAt: number | undefined;
      try {
        const connection = await untilAborted(this.connected(), signal);
        connectedAt = this.clock.monotonic();
        return await work(connection);
      } catch (error) {
        const now = this.clock.monotonic();
        if (connectedAt !== undefined && now - connectedAt >= STABLE_MS) trouble = undefined;
        trouble ??= { since: now, authenticationSince: undefined, attempt: 0 };
        trouble.attempt++;
        await this.waitOrGiveUp(error, trouble, signal);
      }
    }
  }

  /**
   * Makes one try to connect. `use` takes the connection, also one that comes about after the signal has ended the wait
   * for it.
   */
  async connectOnce(signal: AbortSignal): Promise<void> {
    await untilAborted(this.connected(), signal);
  }

  /** Closes the connection and ends what is being waited for. */
  dispose(): void {
    this.stop.abort(connectionLost(this.address, new Error('it was closed here')));
    this.connection?.close();
    this.waiting.dispose();
  }

  private get address(): string {
    return authorityOf(this.target.host, this.target.port);
  }

  /** The living connection, or a new one; several callers wait for the same one. */
  private connected(): Promise<SshConnection> {
    if (this.stop.signal.aborted) return Promise.reject(abortError(this.stop.signal));
    if (this.connection?.closed === false) return Promise.resolve(this.connection);
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async open(): Promise<SshConnection> {
    const { dial } = this.target;
    const dialMs = this.everConnected ? Infinity : FIRST_DIAL_MS;
    const within: Dial = (host, port, options) =>
      dial(host, port, { ...options, timeoutMs: Math.min(options.timeoutMs, dialMs) });
    const connection = await this.connect(
      { ...this.target, dial: within },
      {
        timeoutMs: this.options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        signal: this.stop.signal,
      },
    );
    if (this.stop.signal.aborted) {
      connection.close();
      throw abortError(this.stop.signal);
    }
    this.connection = connection;
    this.everConnected = true;
    return connection;
  }

  private async waitOrGiveUp(
    error: unknown,
    trouble: Trouble,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (signal?.aborted) throw abortError(signal);
    if (this.stop.signal.aborted || !(error instanceof SshError)) throw error;
    const budgetLeftMs = this.budgetLeft(error, trouble);
    if (budgetLeftMs === undefined) throw error;
    if (budgetLeftMs <= 0) throw gaveUp(error, this.clock.monotonic() - trouble.since);
    const backoffMax = this.options.backoffMaxMs ?? BACKOFF_MAX_MS;
    const backoff = Math.min(backoffMax, BACKOFF_FIRST_MS * 2 ** (trouble.attempt - 1));
    const retryInMs = Math.min(backoff, budgetLeftMs);
    const text = `${error.message} Next try in ${spanText(retryInMs)}.`;
    const { attempt } = trouble;
    this.waiting.fire({ text, error, attempt, retryInMs, budgetLeftMs });
    await this.pause(retryInMs, signal);
  }

  /** Milliseconds left for retries; undefined when this error is not retried. */
  private budgetLeft(error: SshError, trouble: Trouble): number | undefined {
    const now = this.clock.monotonic();
    const left = (this.options.budgetMs ?? BUDGET_MS) - (now - trouble.since);
    if (error.retryable) return left;
    if (error.code !== 'authentication-failed' || this.everConnected) return undefined;
    trouble.authenticationSince ??= now;
    const grace = this.options.authenticationGraceMs ?? AUTHENTICATION_GRACE_MS;
    const graceLeft = grace - (now - trouble.authenticationSince);
    // Stop when the grace is used up: the key is wrong, and the error says so.
    return graceLeft <= 0 ? undefined : Math.min(left, graceLeft);
  }

  private async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const either = new AbortController();
    const handleStop = (): void => either.abort(abortError(this.stop.signal));
    const handleWish = (): void => either.abort(abortError(signal!));
    this.stop.signal.addEventListener('abort', handleStop, { once: true });
    signal?.addEventListener('abort', handleWish, { once: true });
    try {
      await this.clock.sleep(ms, either.signal);
    } finally {
      this.stop.signal.removeEventListener('abort', handleStop);
      signal?.removeEventListener('abort', handleWish);
    }
  }
}

function gaveUp(error: SshError, afterMs: number): PortlamaError {
  return new SshError({
    code: error.code,
    message: `${error.message} Given up after ${spanText(afterMs)}.`,
    hint: error.hint,
    cause: error,
  });
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => reject(abortError(signal));
    if (signal.aborted) handleAbort();
    signal.addEventListener('abort', handleAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', handleAbort));
  });
}
