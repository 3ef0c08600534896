import { isAbort, messageOf } from '../../core/errors.js';
import { type Disposable, toDisposable } from '../../core/lifecycle.js';
import type { DialogAction } from '../dialogs.js';
import type { AppPorts } from '../ports.js';
import { type ShownError, shownError } from '../shown-error.js';
import type { Store } from '../store.js';
import type { Messages } from './messages.js';

export interface RunOptions {
  /** Work under way: `Checking the token`. */
  readonly title: string;
  /** Shown until the person was asked: `Looking at the droplet`. */
  readonly look?: string | undefined;
  /** Opens a dialog about the error: its title, or title and ways out; without it the error is a toast. */
  readonly failure?: string | ((error: ShownError) => Failure) | undefined;
  /** Shows the error in the screen instead. */
  readonly onError?: ((error: ShownError) => void) | undefined;
  /** Id of the server it is about: its row shows that something is done. */
  readonly subject?: string | undefined;
  /** Makes quitting ask first, since the program's end would cut it short. */
  readonly keepsOpen?: boolean | undefined;
  /** Shown, with its waits, by the screen it belongs to only. */
  readonly quiet?: boolean | undefined;
  /** Identity of work that must not run twice at a time: not begun while another with this name is under way. */
  readonly once?: string | undefined;
}

export interface Failure {
  /** Failed action, as a sentence: `It could not be resumed`. */
  readonly title: string;
  /** Alternatives to offer. */
  readonly waysOut?: readonly DialogAction[];
}

export interface RunHandle {
  /** Says what is being waited for; undefined when the wait is over. */
  waiting(text: string | undefined): void;
  /** Takes the work off the running list while the person is asked, until the result is called. */
  pause(): () => void;
  /** Quitting asks first until that is disposed. */
  hold(): Disposable;
}

/** Resolves when the work is over, however it ended. */
export type Run = (
  options: RunOptions,
  work: (handle: RunHandle) => Promise<void>,
) => Promise<void>;

/** Tracks running work, and turns an error into one dialog or toast with a log reference. */
export function createRun(store: Store, ports: AppPorts, messages: Messages): Run {
  let lastId = 0;
  const underWay = new Set<string>();
  return async (options, work) => {
    const id = ++lastId;
    const { title, look = title, subject, once = `action ${id}` } = options;
    const { quiet = false } = options;
    let keepsOpen = options.keepsOpen ?? false;
    if (underWay.has(once)) return;
    underWay.add(once);
    ports.log.write('action', title);
    const start = (shown: string): void => {
      const startedAt = ports.clock.now();
      const action = { id, title: shown, subject, startedAt, waiting: undefined, keepsOpen, quiet };
      store.dispatch({ type: 'action-started', action });
    };
    const keepOpen = (keeps: boolean): void => {
      keepsOpen = keeps;
      store.dispatch({ type: 'action-held', id, keepsOpen });
    };
    start(look);
    try {
      await work({
        waiting: (waiting) => store.dispatch({ type: 'action-waiting', id, waiting }),
        pause() {
          store.dispatch({ type: 'action-ended', id });
          return () => start(title);
        },
        hold() {
          keepOpen(true);
          return toDisposable(() => keepOpen(options.keepsOpen ?? false));
        },
      });
    } catch (thrown) {
      if (!isAbort(thrown)) report(thrown, options, ports, messages);
    } finally {
      underWay.delete(once);
      store.dispatch({ type: 'action-ended', id });
    }
  };
}

function report(thrown: unknown, options: RunOptions, ports: AppPorts, messages: Messages): void {
  const error = shownError(thrown, {
    sandbox: ports.environment.sandbox,
    logReference: logReference(ports),
    clean: (text) => ports.redactor.clean(text),
  });
  ports.log.write('error', describe(options.title, thrown));
  if (options.onError !== undefined) options.onError(error);
  // A fact about the server, and no failure.
  else if (error.code === 'after-set-up')
    messages.toast('accent', [error.message, error.hint].filter(Boolean).join(' '));
  else if (options.failure !== undefined) {
    const { failure, subject } = options;
    const { title, waysOut }: Failure =
      typeof failure === 'string' ? { title: failure } : failure(error);
    messages.error(title, error, { actions: waysOut, subject });
  } else messages.toast('danger', [error.message, error.hint].filter(Boolean).join(' '));
}

/** File and time of day, so that the line is found; undefined when no log is written. */
function logReference({ environment, clock }: AppPorts): string | undefined {
  if (environment.logPath === undefined) return undefined;
  return `${environment.logPath} (${new Date(clock.now()).toISOString().slice(11, 19)})`;
}

function describe(title: string, thrown: unknown): string {
  const chain: string[] = [];
  for (let error: unknown = thrown; error !== undefined; error = causeOf(error)) {
    chain.push(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    if (chain.length === 5) break;
  }
  return `${title}: ${chain.join('\ncaused by ')}`;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
