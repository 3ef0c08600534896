import type { Disposable } from '../../core/lifecycle.js';
import { usualTimes } from '../remaining-time.js';
import { isUnderWay } from '../server-rows.js';
import type { ActionContext } from './context.js';

interface Followed {
  readonly subscription: Disposable;
  /** Settles when what there is was read: rejects with the reason where it cannot be. */
  read: Promise<void>;
}

/** Journals being followed, by operation id. */
const followed = new WeakMap<ActionContext['store'], Map<string, Followed>>();

/** Shows which provisionings there are, from now on. Resolves when they are known. */
export function watchOperations(context: ActionContext): Promise<void> {
  const { store, ports, lifetime } = context;
  const watching = ports.operations.watch({
    onChange(operations) {
      store.dispatch({ type: 'operations-listed', operations });
      for (const { id } of operations.filter(isUnderWay)) void followOperation(context, id);
    },
    onError: (error) => ports.log.write('error', `Looking for provisionings: ${String(error)}`),
  });
  lifetime.add(watching);
  const title = 'Looking for provisionings';
  return context.run({ title }, async () => void (await ports.operations.list()));
}

/** Shows its log from now on. Resolves when what there is of it was read; rejects with the reason it cannot be. */
export function followOperation(context: ActionContext, operationId: string): Promise<void> {
  const { store } = context;
  const journals = followed.get(store) ?? new Map<string, Followed>();
  followed.set(store, journals);
  const known = journals.get(operationId);
  if (known !== undefined) return known.read;
  const entry = follow(context, operationId, () => stopFollowing(context, operationId));
  journals.set(operationId, entry);
  return entry.read;
}

function follow(context: ActionContext, operationId: string, handleGone: () => void): Followed {
  const { store, ports, lifetime } = context;
  let succeed = (): void => undefined;
  let fail = (_error: unknown): void => undefined;
  const first = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  // Few wait for it.
  first.catch(() => undefined);
  const entry = { read: first };
  const subscription = ports.operations.follow(operationId, {
    onNews(news) {
      if (news.kind === 'records') {
        const { records, fromStart } = news;
        store.dispatch({ type: 'operation-records', operationId, records, fromStart });
        return;
      }
      succeed();
      entry.read = Promise.resolve();
      if (news.operation === undefined) handleGone();
    },
    onError(error) {
      fail(error);
      ports.log.write('error', `Following ${operationId}: ${String(error)}`);
    },
  });
  void learnStepTimes(context);
  return Object.assign(entry, { subscription: lifetime.add(subscription) });
}

/** Learns from past provisionings how long each step takes; without any, the usual times stand. */
async function learnStepTimes({ store, ports, run }: ActionContext): Promise<void> {
  const options = {
    title: 'Reading past provisionings',
    quiet: true,
    once: 'learn step times',
    onError: () => undefined,
  };
  await run(options, async () => {
    const usual = usualTimes(await ports.operations.past());
    store.dispatch({ type: 'step-times-learned', usual });
  });
}

/** Drops the state of a dismissed operation. */
export function forgetOperation(context: ActionContext, operationId: string): void {
  stopFollowing(context, operationId);
  context.store.dispatch({ type: 'operation-forgotten', operationId });
}

function stopFollowing({ store }: ActionContext, operationId: string): void {
  const subscriptions = followed.get(store);
  subscriptions?.get(operationId)?.subscription.dispose();
  subscriptions?.delete(operationId);
}
