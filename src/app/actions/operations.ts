import type { Disposable } from '../../core/lifecycle.js';
import { isUnderWay } from '../server-rows.js';
import type { ActionContext } from './context.js';

/** Journals being followed, by operation id. */
const followed = new WeakMap<ActionContext['store'], Map<string, Disposable>>();

/** Shows which provisionings there are, from now on. Resolves when they are known. */
export function watchOperations(context: ActionContext): Promise<void> {
  const { store, ports, lifetime } = context;
  const watching = ports.operations.watch({
    onChange(operations) {
      store.dispatch({ type: 'operations-listed', operations });
      for (const { id } of operations.filter(isUnderWay)) followOperation(context, id);
    },
    onError: (error) => ports.log.write('error', `Looking for provisionings: ${String(error)}`),
  });
  lifetime.add(watching);
  const title = 'Looking for provisionings';
  return context.run({ title }, async () => void (await ports.operations.list()));
}

/** Shows its log from now on. */
export function followOperation(context: ActionContext, operationId: string): void {
  const { store, ports, lifetime } = context;
  const subscriptions = followed.get(store) ?? new Map<string, Disposable>();
  followed.set(store, subscriptions);
  if (subscriptions.has(operationId)) return;
  const subscription = ports.operations.follow(operationId, {
    onNews(news) {
      if (news.kind === 'records') {
        const { records, fromStart } = news;
        store.dispatch({ type: 'operation-records', operationId, records, fromStart });
      } else if (news.operation === undefined) stopFollowing(context, operationId);
    },
    onError: (error) => ports.log.write('error', `Following ${operationId}: ${String(error)}`),
  });
  subscriptions.set(operationId, lifetime.add(subscription));
}

/** Drops the state of a dismissed operation. */
export function forgetOperation(context: ActionContext, operationId: string): void {
  stopFollowing(context, operationId);
  context.store.dispatch({ type: 'operation-forgotten', operationId });
}

function stopFollowing({ store }: ActionContext, operationId: string): void {
  const subscriptions = followed.get(store);
  subscriptions?.get(operationId)?.dispose();
  subscriptions?.delete(operationId);
}
