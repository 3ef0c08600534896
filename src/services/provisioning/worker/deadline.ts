import { type Clock, spanText } from '../../../core/time.js';
import type { Disposable } from '../../../core/lifecycle.js';
import { ProvisioningError } from '../errors.js';
import { PortlamaError } from '../../../core/errors.js';
import { KeystoreError } from '../../keystore/keystore.js';
import { PanelError } from '../../panel/panel-error.js';
import { SshError, type SshErrorCode } from '../../ssh/ssh-error.js';
import type { StepContext } from './step.js';

export interface Deadline extends Disposable {
  /** Aborted, like by a person, when the time is over. */
  readonly signal: AbortSignal;
  /** Restarts with the full time. */
  restart(): void;
}

/**
 * Does work that ends with its signal, for at most `ms` by this clock, or since its last `restart`. When the time is over it rejects with
 * `tooLate`'s error; with the signal's own reason when that one was aborted before.
 */
export async function withinLimit<T>(
  work: (signal: AbortSignal, restart: () => void) => Promise<T>,
  limits: {
    readonly clock: Clock;
    readonly ms: number;
    readonly signal: AbortSignal;
    readonly tooLate: () => Error;
  },
): Promise<T> {
  const { clock, ms, signal, tooLate } = limits;
  const limit = deadline(clock, ms);
  try {
    return await work(AbortSignal.any([signal, limit.signal]), () => limit.restart());
  } catch (error) {
    if (limit.signal.aborted && !signal.aborted) throw tooLate();
    throw error;
  } finally {
    limit.dispose();
  }
}

/** Time limit by this clock, which stops while the machine sleeps. Ends with `dispose`. */
export function deadline(clock: Clock, ms: number): Deadline {
  const limit = new AbortController();
  let stop = new AbortController();
  const begin = (): void => {
    clock.sleep(ms, stop.signal).then(
      () => limit.abort(),
      () => undefined,
    );
  };
  const restart = (): void => {
    stop.abort();
    stop = new AbortController();
    begin();
  };
  begin();
  return { signal: limit.signal, restart, dispose: () => stop.abort() };
}

/**
 * Limits work on the droplet that normally takes seconds. Rejects with `droplet-hangs` when
 * `timing.dropletMs` is over, or with the cause when the droplet is unreachable by then. The work
 * must end with its signal.
 */
export async function withPatience<T>(
  { ports, shell }: Pick<StepContext, 'ports' | 'shell'>,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { clock, timing } = ports;
  const ms = timing.dropletMs;
  return await withinLimit(work, { clock, ms, signal, tooLate: () => shell.trouble ?? hangs(ms) });
}

function hangs(afterMs: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-hangs',
    message: `The droplet lets this program in, but did not do what it was asked to within ${spanText(afterMs)}.`,
  });
}

const WAY_TO_SSH: ReadonlySet<SshErrorCode> = new Set<SshErrorCode>([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'connection-lost',
  'host-unreachable',
  // A captive network answers in the droplet's place.
  'not-ssh',
]);

/**
 * Converts an error when only the connection to the droplet is broken, or the local store does not
 * answer: the server may be intact, so nothing is destroyed for it. Undefined for any other error.
 */
export function asPassing(error: unknown): ProvisioningError | undefined {
  if (!(error instanceof PortlamaError) || !mayPass(error)) return undefined;
  const { code, message, hint, retryable } = error;
  return new ProvisioningError({
    code,
    message,
    hint,
    retryable,
    cause: error,
  });
}

function mayPass(error: PortlamaError): boolean {
  if (error instanceof SshError) return WAY_TO_SSH.has(error.code);
  if (error instanceof PanelError)
    return error.code === 'panel-timeout' || error.code === 'panel-unreachable';
  // Exclude `session-ended`: secrets kept in a program's memory are gone with it.
  return error instanceof KeystoreError && error.code !== 'session-ended';
}
