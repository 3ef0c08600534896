import { asSentence } from '../core/clean.js';
import { isAbort, messageOf, PortlamaError } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { ProvisionMessage, ProvisionState } from '../services/panel/panel-bodies.js';
import type { InstallTask } from '../services/panel/set-up-facts.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { againHint, installText } from '../words/onboarding.js';
import { type OnboardingWatch, tasksAfter } from './onboard-watch.js';
import type { Work } from './work.js';

/** Pause before the stream is joined again; nginx needs a moment. */
const REJOIN_MS = 2_000;
/** The stream may be out of reach for so long while the panel works. */
const PATIENCE_MS = 10 * 60_000;

export interface Installed {
  /** The password of Authelia's admin; undefined when it was missed, and no call says it again. */
  readonly password: string | undefined;
  /** True when this program saw the run, so no other machine has finished it. */
  readonly isSeen: boolean;
  /** A run before this one may have left Authelia with an earlier password in its memory. */
  readonly isRepeated: boolean;
}

export interface InstallOptions {
  /** Starts a run again that failed before; else rejects with why it failed. */
  readonly again: boolean;
  /** Called before a run that failed is started again. */
  readonly beforeAgain: () => Promise<void>;
  readonly watch: OnboardingWatch;
}

type Outcome =
  | { readonly kind: 'complete'; readonly password: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'cut' };

/**
 * Runs the panel's installation, or follows one that runs, to its end. The stream is joined before it is started: the
 * password is said there once. A run that failed before is started again only where that was agreed to; one that fails
 * now ends this with `onboarding-failed`, since Let's Encrypt counts failures.
 */
export async function install(
  server: ServerEntry,
  api: PanelApi,
  options: InstallOptions,
  work: Work,
): Promise<Installed> {
  const { again, beforeAgain, watch } = options;
  const { clock, signal } = work;
  let isRepeated = false;
  /** A run was seen, or started: when none is there later, it failed. */
  let isSeen = false;
  /** Why the answer to the start is not known. */
  let unanswered: unknown;
  /** Since then the stream, which alone tells anything, cannot be joined. */
  let lostAt: number | undefined;
  for (;;) {
    try {
      const { status } = await api.onboarding(signal);
      if (status === 'COMPLETED') return { password: undefined, isSeen, isRepeated };
      if (status !== 'DNS_READY' && status !== 'PROVISIONING')
        throw installationFailed(server, `the panel went back to ${status}.`);
      const outcome = await follow(api, watch, work, async (state) => {
        lostAt = undefined;
        if (!state.isRunning) {
          const hasFailed = status === 'PROVISIONING';
          if (isSeen && !hasFailed) throw installationFailed(server, notBegun(unanswered));
          if (hasFailed) {
            if (isSeen || !again) throw installationFailed(server, reasonOf(state));
            await beforeAgain();
            isRepeated = true;
          }
          // Before it is sent: its answer may be lost.
          isSeen = true;
          await api.provision(signal).catch((error: unknown) => {
            unanswered = error;
            throw error;
          });
        }
        isSeen = true;
      });
      if (outcome.kind === 'complete') return { password: outcome.password, isSeen, isRepeated };
      if (outcome.kind === 'failed') throw installationFailed(server, outcome.reason);
    } catch (error) {
      // Whatever was sent, the panel's own state says what came of it.
      lostAt ??= clock.monotonic();
      if (!isPassing(error) || clock.monotonic() - lostAt > PATIENCE_MS) throw error;
      work.face.progress('The panel is restarting; the installation continues there');
    }
    await clock.sleep(REJOIN_MS, signal);
  }
}

/**
 * One stream, from its first message, which `handleState` is called with, to its end, or to a later state by which nothing
 * runs any more.
 */
async function follow(
  api: PanelApi,
  watch: OnboardingWatch,
  { face, signal }: Work,
  handleState: (state: ProvisionState) => Promise<void>,
): Promise<Outcome> {
  const stream = api.followProvision(signal);
  let tasks: readonly InstallTask[] = [];
  let isJoined = false;
  try {
    for await (const message of stream) {
      tasks = tasksAfter(tasks, message);
      watch.report({ part: 'install', tasks });
      const outcome = outcomeOf(message);
      if (outcome !== undefined) return outcome;
      if ('type' in message) {
        if (isJoined && !message.isRunning) return { kind: 'cut' };
        if (!isJoined) await handleState(message);
        isJoined = true;
        if (message.isRunning) continue;
        // Started just now.
        tasks = tasks.map((task) => ({ ...task, status: 'pending', message: undefined }));
        watch.report({ part: 'install', tasks });
      } else face.progress(installText(message));
    }
    return { kind: 'cut' };
  } catch (error) {
    // Completed between the look at its state and the stream.
    if (error instanceof PanelApiError && error.code === 'panel-setup-complete')
      return { kind: 'complete', password: undefined };
    throw error;
  }
}

function outcomeOf(message: ProvisionMessage): Outcome | undefined {
  if (message.result != null) return { kind: 'complete', password: message.result.adminPassword };
  if ('type' in message) return undefined;
  if (message.status === 'error')
    return { kind: 'failed', reason: message.error ?? message.message ?? 'no reason given' };
  return message.task === 'complete' ? { kind: 'complete', password: undefined } : undefined;
}

/** Why a start came to nothing: it is sent once, and the panel's state says that it did not begin. */
function notBegun(error: unknown): string {
  return `the panel did not start it: ${messageOf(error)}`;
}

/** Why a run failed that is not running. */
export function reasonOf({ error }: ProvisionState): string {
  return error?.message ?? 'the panel was restarted while it worked.';
}

function isPassing(error: unknown): boolean {
  if (isAbort(error)) return false;
  if (error instanceof PanelError) return error.retryable;
  // Another client, or a lost answer: the state says what is going on.
  return error instanceof PanelApiError && ['panel-conflict', 'panel-failed'].includes(error.code);
}

export function installationFailed(server: ServerEntry, reason: string): PortlamaError {
  return new PortlamaError({
    code: 'onboarding-failed',
    message: `The installation on ${server.label} failed: ${asSentence(reason)}`,
    hint: ['Nothing is lost.', againHint(server, 'Fix the cause, then start it again')],
  });
}
