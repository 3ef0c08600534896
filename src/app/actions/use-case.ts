import { isAbort } from '../../core/errors.js';
import { Declined } from '../../usecases/face.js';
import type { News, Work } from '../../usecases/work.js';
import { screenFace } from '../face.js';
import { lookAgain } from './look-at.js';
import type { ActionContext } from './context.js';
import { askKeystore, lookAtStore } from './credentials.js';
import type { RunOptions } from './run.js';
import { forgetOperation } from './operations.js';
import { loadServers } from './servers.js';
import { moveLegacyPasswords } from './legacy-passwords.js';

export interface UseCaseOptions extends RunOptions {
  /** The key itself is the agreement: leaving its place stops nothing. */
  readonly agreed?: boolean;
}

/** `declined`: by an answer, or by leaving before there was a question; nothing was changed. */
export type Outcome = 'done' | 'declined' | 'failed';

/**
 * Runs a use case for a key. Until agreement it belongs to the place where the key was pressed: leaving that stops it.
 * `show` presents the result, and is skipped if the person has left.
 */
export async function runUseCase<T>(
  context: ActionContext,
  options: UseCaseOptions,
  useCase: (work: Work) => Promise<T>,
  show: (result: T) => void = () => undefined,
): Promise<Outcome> {
  const visit = beginVisit(context);
  const { signal } = visit;
  if (options.agreed === true) visit.outlast();
  const news = createNews(context);
  // Default for work that `run` does not begin, since it is already under way.
  let outcome: Outcome = 'declined';
  await context.run(options, async (handle) => {
    const { subject } = options;
    const face = screenFace(context, { handle, subject, signal, onAgreed: visit.outlast });
    const typedToken = context.token.read();
    try {
      const result = await useCase({ ...context.ports, face, signal, news: news.tell, typedToken });
      await news.told();
      outcome = 'done';
      if (!signal.aborted) show(result);
    } catch (error) {
      await news.told();
      if (options.look !== undefined && visit.wasLeft()) tellStopped(context, options);
      else if (!(error instanceof Declined) && !isAbort(error)) {
        outcome = 'failed';
        throw error;
      }
    }
  });
  visit.outlast();
  return outcome;
}

/** Reports that leaving stopped the work; its own result must not appear over another screen. */
function tellStopped({ messages }: ActionContext, { look, title, quiet }: RunOptions): void {
  if (quiet !== true) messages.toast('accent', `${look ?? title}: stopped, nothing was changed.`);
}

interface Visit {
  /** Aborted by leaving, or when the program ends. */
  readonly signal: AbortSignal;
  wasLeft(): boolean;
  /** Makes leaving stop nothing from now on. */
  readonly outlast: () => void;
}

function beginVisit({ stay, signal }: ActionContext): Visit {
  const left = new AbortController();
  const place = stay.signal;
  const handleLeave = (): void => left.abort();
  place.addEventListener('abort', handleLeave, { once: true });
  return {
    signal: AbortSignal.any([signal, left.signal]),
    wasLeft: () => left.signal.aborted,
    outlast: () => place.removeEventListener('abort', handleLeave),
  };
}

/** Updates the screens for each piece of news, one after the other. */
function createNews(context: ActionContext): {
  readonly tell: (news: News) => void;
  readonly told: () => Promise<void>;
} {
  let told = Promise.resolve();
  return {
    tell: (news) => void (told = told.then(() => show(context, news))),
    told: () => told,
  };
}

async function show(context: ActionContext, news: News): Promise<void> {
  const { store, ports } = context;
  switch (news.kind) {
    case 'servers-changed':
      return await loadServers(context);
    case 'server-added':
      return store.dispatch({ type: 'server-added', serverId: news.serverId });
    case 'droplet-gone':
      return store.dispatch({ type: 'droplet-ended', dropletId: news.dropletId });
    case 'droplet-changed': {
      const { serverId, droplet } = news;
      store.dispatch({ type: 'droplet-seen', serverId, droplet });
      return ports.health.refresh(serverId);
    }
    case 'certificate-changed':
      ports.health.refresh(news.serverId);
      return void lookAgain(context, news.serverId);
    case 'server-noted': {
      const { serverId } = news;
      const { note } = await ports.readServerMeta(serverId);
      return store.dispatch({ type: 'page-read', serverId, note });
    }
    case 'token-changed':
      // Another account may be the current one.
      store.dispatch({ type: 'account-known', email: undefined });
      return await askKeystore(context);
    case 'store-changed':
      await lookAtStore(context);
      await moveLegacyPasswords(context);
      ports.health.refresh();
      return await askKeystore(context);
    case 'operation-dismissed':
      return forgetOperation(context, news.operationId);
  }
}
