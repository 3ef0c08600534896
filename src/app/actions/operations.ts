import type { Disposable } from '../../core/lifecycle.js';
import type { Operation } from '../../services/provisioning/operations.js';
import { findOperation, hasNothingToSay, isUnderWay } from '../server-rows.js';
import { currentRoute } from '../state.js';
import type { ActionContext } from './context.js';
import { loadServers } from './servers.js';

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
      } else if (news.operation === undefined) unfollow(context, operationId);
    },
    onError: (error) => ports.log.write('error', `Following ${operationId}: ${String(error)}`),
  });
  subscriptions.set(operationId, lifetime.add(subscription));
}

/**
 * Deletes the folder of an operation, and its state here. Rejects while it has not ended, or something of it is left.
 */
export async function forgetOperation(context: ActionContext, operationId: string): Promise<void> {
  await context.ports.operations.dismiss(operationId);
  unfollow(context, operationId);
  context.store.dispatch({ type: 'operation-forgotten', operationId });
}

function unfollow({ store }: ActionContext, operationId: string): void {
  const subscriptions = followed.get(store);
  subscriptions?.get(operationId)?.dispose();
  subscriptions?.delete(operationId);
}

/** Says when a provisioning ended, and whether it needs the person. */
export function announceEnds(context: ActionContext): void {
  const { store, lifetime } = context;
  let last = store.state.operations.list;
  const subscription = store.onChange(({ operations }) => {
    if (operations.list === last) return;
    const before = new Map(last.map((operation) => [operation.id, operation]));
    last = operations.list;
    for (const operation of last) {
      const known = before.get(operation.id);
      if (known === undefined || !isUnderWay(known) || isUnderWay(operation)) continue;
      announce(context, operation.id);
    }
  });
  lifetime.add(subscription);
}

function announce(context: ActionContext, operationId: string): void {
  const { store, terminal, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return;
  const { label } = operation.request;
  const texts = {
    succeeded: ['ok', `${label} is ready.`],
    failed: ['danger', `Creating ${label} failed; everything was cleaned up.`],
    'failed-with-leftovers': ['danger', `Creating ${label} failed, and something is left.`],
    interrupted: ['warn', `Creating ${label} was interrupted. Open it to resume or clean up.`],
    'out-of-sight': undefined,
    running: undefined,
    'cleaning-up': undefined,
  } as const;
  const said = texts[operation.status];
  if (said === undefined) return;
  const text =
    operation.cancelled && operation.status === 'failed'
      ? `Creating ${label} was cancelled; everything was cleaned up.`
      : said[1];
  if (!isOnScreen(context, operationId)) messages.toast(said[0], text);
  if (store.state.settings.bell) {
    terminal.bell();
    terminal.notify(text);
  }
  if (operation.status === 'succeeded') void welcomeServer(context, operation);
}

/** Reads the new server into the list; dismisses its operation unless that is on screen. */
async function welcomeServer(context: ActionContext, operation: Operation): Promise<void> {
  await loadServers(context);
  if (isOnScreen(context, operation.id) || !hasNothingToSay(operation)) return;
  const title = 'Forgetting the provisioning';
  await context.run({ title }, () => forgetOperation(context, operation.id));
}

function isOnScreen({ store }: ActionContext, operationId: string): boolean {
  const route = currentRoute(store.state);
  return route.screen === 'provisioning' && route.operationId === operationId;
}
