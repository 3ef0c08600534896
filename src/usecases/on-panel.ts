import { InputError, PortlamaError, quoted } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { AfterSetUp, type Wish } from './after-set-up.js';
import { openPanelFor } from './open-panel-for.js';
import { requireServer } from './servers.js';
import type { Work } from './work.js';

/** The panel of a server that is set up, opened for one use. */
export interface SetUpPanel {
  readonly server: ServerEntry;
  readonly api: PanelApi;
  /** Tunnels are names below it. */
  readonly domain: string;
}

/** Opens the panel for one use, and closes it. Rejects with AfterSetUp while its set-up is not complete. */
export async function onPanel<T>(
  wanted: string,
  wish: Wish,
  work: Work,
  use: (panel: SetUpPanel) => Promise<T>,
): Promise<T> {
  const server = await requireServer(work, wanted);
  const api = await openPanelFor(server, work);
  try {
    const { status, domain } = await api.onboarding(work.signal);
    if (status !== 'COMPLETED') throw new AfterSetUp(server, wish);
    return await use({ server, api, domain: domain ?? server.domain ?? '' });
  } finally {
    api.close();
    work.face.progress(undefined);
  }
}

/** The one that is called so. Throws InputError with those that are there. */
export function requireNamed<T>(
  kind: string,
  name: string,
  all: readonly T[],
  nameOf: (item: T) => string,
  { label }: ServerEntry,
): T {
  const found = all.find((item) => nameOf(item) === name);
  if (found !== undefined) return found;
  const names = all.map(nameOf);
  throw new InputError({
    code: `${kind}-unknown`,
    message: `${label} has no ${kind} called ${quoted(name)}.`,
    hint: names.length === 0 ? `It has no ${kind} at all.` : `It has: ${names.join(', ')}.`,
  });
}

const LOOK_MS = 5_000;
/** A certificate takes seconds as a rule, and minutes on a bad day. */
export const CERTIFICATE_PATIENCE_MS = 5 * 60_000;
const PATIENCE_MS = 30_000;

/** A call that changes something, and how its effect shows. */
export interface Change<T> {
  /** Begins a sentence: what the call makes, `blog.lab.example.com`. */
  readonly what: string;
  readonly send: () => Promise<T>;
  /** The effect, where it shows; undefined before. */
  readonly look: () => Promise<T | undefined>;
  readonly patienceMs?: number;
}

/**
 * Sends it once. Where its answer is lost (nginx gives up before the panel does) the effect is looked for, and nothing is
 * sent again. Rejects with `outcome-unknown` when it does not show in time.
 */
export async function sendOnce<T>(change: Change<T>, panel: SetUpPanel, work: Work): Promise<T> {
  try {
    return await change.send();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    const found = await lookFor(change, work);
    if (found !== undefined) return found;
    throw outcomeUnknown(change, panel, error);
  }
}

/** True for a call whose answer is lost while the panel may continue it. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof PanelError &&
    (error.code === 'panel-timeout' || error.code === 'panel-unreachable')
  );
}

/** Undefined when it did not show in time. A panel that does not answer meanwhile is asked again. */
export async function lookFor<T>(
  { look, patienceMs = PATIENCE_MS }: Pick<Change<T>, 'look' | 'patienceMs'>,
  { clock, signal }: Pick<Work, 'clock' | 'signal'>,
): Promise<T | undefined> {
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof PanelError) || !error.retryable) throw error;
    }
    if (clock.monotonic() > deadline) return undefined;
    await clock.sleep(LOOK_MS, signal);
  }
}

function outcomeUnknown(
  { what }: Pick<Change<unknown>, 'what'>,
  { server }: SetUpPanel,
  cause: unknown,
): PortlamaError {
  return new PortlamaError({
    code: 'outcome-unknown',
    message: `${what}: the panel of ${server.label} accepted the request, sent no answer, and shows no effect yet.`,
    hint: 'It was sent once and may still take effect: check again in a few minutes.',
    cause,
  });
}
