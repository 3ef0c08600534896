import { keyOf } from '../../words/keys.js';
import type { Operation } from '../../services/provisioning/operations.js';
import {
  cancelOperation,
  cleanUpOperation,
  closeOperation,
  resumeOperation,
  retryOperation,
} from '../../usecases/operations.js';
import type { KeyWork, Work } from '../../usecases/work.js';
import { findOperation, hasNothingToSay, isUnderWay } from '../server-rows.js';
import {
  isUpkeep,
  type OperationRequest,
  type UpkeepRequest,
} from '../../services/provisioning/journal/records.js';
import { hintText } from '../../words/hints.js';
import { upkeepDoing, upkeepEnd } from '../../words/upkeep.js';
import { stepTitle } from '../service-words.js';
import { currentRoute } from '../state.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { followOperation } from './operations.js';
import { openSetUp } from './set-up.js';
import { loadServers } from './servers.js';
import { type Outcome, runUseCase, type UseCaseOptions } from './use-case.js';

/** Shows a provisioning, live while it runs. */
export function attachOperation(context: ActionContext, operationId: string): void {
  const request = findOperation(context.store.state, operationId)?.request;
  if (request?.kind === 'onboard') return void openSetUp(context, request.serverId);
  void followOperation(context, operationId);
  context.store.dispatch({ type: 'route-opened', route: { screen: 'provisioning', operationId } });
}

/** Asks first: cancelling destroys the resources made so far. */
export async function cancel(context: ActionContext, operationId: string): Promise<void> {
  const options = removing(operationId);
  await runUseCase(context, options, (work) => cancelOperation(operationId, work));
}

/** Asks first: cleaning up ends the chance to resume. */
export async function cleanUp(context: ActionContext, operationId: string): Promise<void> {
  const options = removing(operationId);
  await runUseCase(context, options, (work) => cleanUpOperation(operationId, work));
}

function removing(operationId: string): UseCaseOptions {
  return {
    title: 'Cancelling and cleaning up',
    failure: 'The clean-up could not be started',
    once: `cancel ${operationId}`,
    subject: operationId,
  };
}

/** Resumes at the first step not done. */
export async function resume(context: ActionContext, operationId: string): Promise<void> {
  const options = {
    title: 'Resuming the provisioning',
    failure: 'It could not be resumed',
    once: `resume ${operationId}`,
    agreed: true,
  };
  const useCase = (work: Work) => resumeOperation(operationId, work);
  await runUseCase(context, options, useCase, () => {
    void followOperation(context, operationId);
  });
}

/** Starts over; asks first if resources of the first attempt still cost money. */
export async function retry(context: ActionContext, operationId: string): Promise<void> {
  const operation = findOperation(context.store.state, operationId);
  if (operation === undefined) return;
  const { label } = operation.request;
  const options = {
    title: `Starting the provisioning of ${label} again`,
    failure: 'It could not be started again',
    // A second press would be refused while the first is under way, as if something were wrong.
    once: `retry ${operationId}`,
    subject: operationId,
    agreed: true,
  };
  const useCase = (work: KeyWork) => retryOperation(operationId, work);
  await runUseCase(context, options, useCase, (newId) =>
    showStarted(context, newId, label, isOnScreen(context, operationId)),
  );
}

/** Shows a new provisioning in place of the screen that began it; says where it is if that was left meanwhile. */
export function showStarted(
  context: ActionContext,
  operationId: string,
  label: string,
  isStillThere: boolean,
): void {
  const { store, messages } = context;
  void followOperation(context, operationId);
  if (isStillThere)
    store.dispatch({ type: 'route-replaced', route: { screen: 'provisioning', operationId } });
  else
    messages.news(
      'accent',
      `${label} is being created in the background. Enter on its row shows it.`,
    );
}

/** Closes the provisioning: for good if nothing of it can be cleaned up any more. */
export async function dismiss(context: ActionContext, operationId: string): Promise<void> {
  const { store } = context;
  const made = findOperation(store.state, operationId)?.server;
  // The cursor goes to the server, where another Enter changes nothing.
  if (made !== undefined) store.dispatch({ type: 'server-added', serverId: made.id });
  if (isOnScreen(context, operationId)) store.dispatch({ type: 'route-closed' });
  await close(context, operationId);
  await loadServers(context);
}

function close(context: ActionContext, operationId: string): Promise<Outcome> {
  const options = { title: 'Dismissing the provisioning', agreed: true };
  return runUseCase(context, options, (work) => closeOperation(operationId, work));
}

/** Dismisses, at the start, the successes that came about while the program was not running; a message names each. */
export async function forgetSuccesses(context: ActionContext): Promise<void> {
  const finished = context.store.state.operations.list.filter(hasNothingToSay);
  for (const { id, request } of finished) {
    await close(context, id);
    context.messages.news('ok', awayText(request));
  }
}

function awayText(request: OperationRequest): string {
  if (request.kind === undefined) return `${request.label} was created while you were away.`;
  const note =
    request.kind === 'onboard'
      ? ` Press ${keyOf('servers.set-up')} on it to see how to log in.`
      : '';
  return `${upkeepDoing(request)} finished while you were away.${note}`;
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
  const { request } = operation;
  const { label } = request;
  if (isUpkeep(request)) {
    announceUpkeep(context, operation, request);
    return;
  }
  const texts = {
    succeeded: ['ok', `${label} is ready.`],
    failed: ['danger', `Creating ${label} failed; everything was cleaned up.`],
    'failed-with-leftovers': ['danger', `Creating ${label} failed; resources remain.`],
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
  if (!isOnScreen(context, operationId)) messages.news(said[0], text);
  if (store.state.settings.bell) {
    terminal.bell();
    terminal.notify(text);
  }
  if (operation.status === 'succeeded') void welcomeServer(context, operation);
}

/** Says how work on a server ended, unless the action that follows it does. */
function announceUpkeep(
  context: ActionContext,
  operation: Operation,
  request: UpkeepRequest,
): void {
  const { store, terminal, messages } = context;
  const { id, status, error, facts, cancelled } = operation;
  if (store.state.running.some(({ subject }) => subject === request.serverId)) return;
  if (cancelled) return;
  const doing = upkeepDoing(request);
  const text =
    status === 'succeeded'
      ? endText(request, facts)
      : `${doing} stopped: ${error?.message ?? 'its process was ended.'}`;
  if (!isOnScreen(context, id)) messages.news(status === 'succeeded' ? 'ok' : 'warn', text);
  if (store.state.settings.bell) {
    terminal.bell();
    terminal.notify(text);
  }
  if (status === 'succeeded') void welcomeServer(context, operation);
}

function endText(request: UpkeepRequest, facts: Operation['facts']): string {
  if (request.kind === 'onboard')
    return `${request.label} is set up. Press ${keyOf('servers.set-up')} on it to see how to log in.`;
  const server = { id: request.serverId, label: request.label };
  return hintText(upkeepEnd(request, server, facts), { sandbox: false });
}

/** Reads the new server into the list; dismisses its operation unless that is on screen. */
async function welcomeServer(context: ActionContext, operation: Operation): Promise<void> {
  await loadServers(context);
  // Its droplet's size and price come with the comparison.
  void compareAgain(context);
  if (!isOnScreen(context, operation.id) && hasNothingToSay(operation))
    await close(context, operation.id);
}

function isOnScreen({ store }: ActionContext, operationId: string): boolean {
  const route = currentRoute(store.state);
  return route.screen === 'provisioning' && route.operationId === operationId;
}

/** Copies what an issue about the failure needs, without secrets and personal facts. */
export async function copyReport(context: ActionContext, operationId: string): Promise<void> {
  const { store, ports, run, terminal, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return;
  await run({ title: 'Reading the log', failure: 'The report was not copied' }, async () => {
    await followOperation(context, operationId);
    const entries = store.state.operations.logs[operationId]?.entries ?? [];
    const { operationReport } = await import('../../words/operation-report.js');
    const { error } = operation;
    const step = error === undefined ? undefined : stepTitle(error.step);
    const report = operationReport(operation, entries, { ...ports.environment, step });
    terminal.copyLines(ports.redactor.clean(report));
    messages.toast('accent', 'Copied a report for an issue (if the terminal allows it).');
  });
}

/** Keeps the log as a file once it is read to its end, and says where. */
export async function saveLog(context: ActionContext, operationId: string): Promise<void> {
  const { store, ports, run, messages } = context;
  const operation = findOperation(store.state, operationId);
  if (operation === undefined) return;
  await run({ title: 'Saving the log', failure: 'The log was not saved' }, async () => {
    await followOperation(context, operationId);
    const entries = store.state.operations.logs[operationId]?.entries ?? [];
    const lines = entries.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`);
    const name = `${operation.request.label}-${operation.id}.log`;
    const path = await ports.saveText(name, ports.redactor.clean(`${lines.join('\n')}\n`));
    messages.toast('ok', `The log is in ${path}`);
  });
}
