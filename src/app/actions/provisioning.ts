import { monthly } from '../../core/price.js';
import { takenBy } from '../labels.js';
import { resourceTitle } from '../operation-log.js';
import { findOperation, hasNothingToSay } from '../server-rows.js';
import { currentRoute } from '../state.js';
import type { ActionContext } from './context.js';
import { requireToken } from './credentials.js';
import { followOperation, forgetOperation } from './operations.js';
import { loadServers } from './servers.js';

/** Shows a provisioning, live while it runs. */
export function attachOperation(context: ActionContext, operationId: string): void {
  followOperation(context, operationId);
  context.store.dispatch({ type: 'route-opened', route: { screen: 'provisioning', operationId } });
}

/** Asks first: cancelling destroys the resources made so far. */
export function askToCancel(context: ActionContext, operationId: string): void {
  const { store, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return;
  messages.dialog({
    kind: 'question',
    title: `Cancel creating ${operation.request.label}?`,
    lines: [
      'The installation stops, and everything it made is removed: the droplet, the temporary SSH key, and local files.',
      'To leave it running instead, press b: it goes on in the background.',
    ],
    yes: 'Cancel and clean up',
    no: 'Keep going',
    danger: true,
    typed: undefined,
    subject: operationId,
    onYes: () => cancelOperation(context, operationId),
  });
}

/** Asks first: cleaning up ends the chance to resume. */
export function askToCleanUp(context: ActionContext, operationId: string): void {
  const { store, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return;
  messages.dialog({
    kind: 'question',
    title: `Clean up after ${operation.request.label}?`,
    lines: [
      operation.status === 'interrupted'
        ? 'Everything this provisioning made is removed. It cannot be resumed afterwards.'
        : 'What is left of this provisioning is removed, if DigitalOcean lets it go now.',
    ],
    yes: 'Clean up',
    no: 'Leave it',
    danger: true,
    typed: undefined,
    subject: operationId,
    onYes: () => cancelOperation(context, operationId),
  });
}

/** Stops the worker, or starts one that cleans up. */
function cancelOperation(context: ActionContext, operationId: string): Promise<void> {
  const failure = 'The clean-up could not be started';
  const once = `cancel ${operationId}`;
  const options = { title: 'Cancelling and cleaning up', failure, once, keepsOpen: true };
  return context.run(options, async () => {
    await context.ports.operations.cancel(operationId, await requireToken(context));
  });
}

/** Resumes at the first step not done. */
export function resumeOperation(context: ActionContext, operationId: string): Promise<void> {
  const failure = 'It could not be resumed';
  const once = `resume ${operationId}`;
  const options = { title: 'Resuming the provisioning', failure, once, keepsOpen: true };
  return context.run(options, async () => {
    await context.ports.operations.resume(operationId, await requireToken(context));
    followOperation(context, operationId);
  });
}

/** Starts over; asks first if resources of the first attempt still cost money. */
export function askToRetry(context: ActionContext, operationId: string): void | Promise<void> {
  const operation = findOperation(context.store.state, operationId);
  if (operation === undefined) return;
  const taken = takenBy(context.store.state, operation.request.label);
  if (taken !== undefined) {
    context.messages.toast('danger', `${taken} Create this one with another label: n in the list.`);
    return;
  }
  const left = operation.leftovers.filter(({ monthlyUsd }) => monthlyUsd > 0);
  if (left.length === 0) return retryOperation(context, operationId);
  context.messages.dialog({
    kind: 'question',
    title: `Create another ${operation.request.label}?`,
    lines: [
      'Something of the first attempt is left, and goes on costing money beside the new one:',
      ...left.map((resource) => ({
        strong: `  ${resourceTitle(resource)}, ${monthly(resource.monthlyUsd)}`,
      })),
      'Clean up (c) tries again to remove it.',
    ],
    yes: 'Create another',
    no: 'No',
    danger: true,
    typed: undefined,
    subject: operationId,
    onYes: () => retryOperation(context, operationId),
  });
}

/** Starts over with the same label and region, and forgets the failed one when nothing of it is left. */
function retryOperation(context: ActionContext, operationId: string): Promise<void> {
  const { store, ports, run, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return Promise.resolve();
  const { label, region } = operation.request;
  const failure = 'It could not be started again';
  const title = `Starting the provisioning of ${label} again`;
  // A second press would be refused while the first is under way, as if something were wrong.
  const options = { title, failure, once: `retry ${operationId}`, keepsOpen: true };
  return run(options, async () => {
    const newId = await ports.operations.start({ label, region }, await requireToken(context));
    followOperation(context, newId);
    const here = currentRoute(store.state);
    const route = { screen: 'provisioning', operationId: newId } as const;
    if (here.screen === 'provisioning' && here.operationId === operationId)
      store.dispatch({ type: 'route-replaced', route });
    else messages.toast('accent', startedElsewhere(label));
    // Dismiss last: a failure of this must not look like a failed start.
    if (operation.status === 'failed') await forgetOperation(context, operationId);
  });
}

/** Message about a provisioning whose screen was left before it began; the person stays on the current screen. */
export function startedElsewhere(label: string): string {
  return `${label} is being created in the background. Enter on its row shows it.`;
}

/** Closes the provisioning for good: a success, or a failure with nothing left. */
export function dismissOperation(context: ActionContext, operationId: string): Promise<void> {
  const { store, run } = context;
  const { server: made, leftovers = [] } = findOperation(store.state, operationId) ?? {};
  const leave = (): void => {
    // The cursor goes to the server, where another Enter changes nothing.
    if (made !== undefined) store.dispatch({ type: 'server-added', serverId: made.id });
    const route = currentRoute(store.state);
    if (route.screen === 'provisioning' && route.operationId === operationId)
      store.dispatch({ type: 'route-closed' });
  };
  return run({ title: 'Forgetting the provisioning' }, async () => {
    leave();
    // Keep the record while something can still be cleaned up: the servers list names it.
    if (leftovers.every(({ byHand }) => byHand)) await forgetOperation(context, operationId);
    await loadServers(context);
  });
}

/** Dismisses, at the start, the successes that came about while the program was not running; a message names each. */
export async function forgetSuccesses(context: ActionContext): Promise<void> {
  const finished = context.store.state.operations.list.filter(hasNothingToSay);
  for (const { id, request } of finished) {
    await context.run({ title: 'Forgetting the provisioning' }, () => forgetOperation(context, id));
    context.messages.toast('ok', `${request.label} was created while you were away.`);
  }
}

/** Keeps the log as a file, and says where. */
export function saveLog(
  { store, ports, run, messages }: ActionContext,
  operationId: string,
): Promise<void> {
  const operation = findOperation(store.state, operationId);
  const entries = store.state.operations.logs[operationId]?.entries ?? [];
  if (operation === undefined) return Promise.resolve();
  return run({ title: 'Saving the log', failure: 'The log was not saved' }, async () => {
    const lines = entries.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`);
    const name = `${operation.request.label}-${operation.id}.log`;
    const path = await ports.saveText(name, ports.redactor.clean(`${lines.join('\n')}\n`));
    messages.toast('ok', `The log is in ${path}`);
  });
}
