import { keyOf } from '../../words/keys.js';
import type { Operation } from '../../services/provisioning/operations.js';
import { upkeepDoing } from '../../words/upkeep.js';
import { findOperation, hasNothingToSay, isUnderWay } from '../server-rows.js';
import { currentRoute, type OverlayName } from '../state.js';
import type { ActionContext } from './context.js';
import { dismiss } from './provisioning.js';
import { askBeforeLeaving } from './set-up.js';
import { previousWizardStep } from './wizard.js';

/** Within this time a second Ctrl-C ends the program at once. */
const INTERRUPT_TWICE_MS = 2_000;

export function openOverlay({ store }: ActionContext, overlay: OverlayName): void {
  store.dispatch({ type: 'overlay-opened', overlay });
}

/** Opens the page of a server. */
export function openServer({ store }: ActionContext, serverId: string): void {
  store.dispatch({ type: 'route-opened', route: { screen: 'server', serverId } });
}

/** Esc: one step back, never destroying anything. On the first screen it stops a look that a key began. */
export function goBack(context: ActionContext): void {
  if (currentRoute(context.store.state).screen === 'create-server') previousWizardStep(context);
  else if (context.store.state.routes.length > 1) leaveScreen(context);
  else context.stay.end();
}

/** Ends the stay on a screen when another one comes up. */
export function watchStay({ store, stay, lifetime }: ActionContext): void {
  let last = currentRoute(store.state);
  lifetime.add(
    store.onChange((state) => {
      const route = currentRoute(state);
      if (route === last) return;
      last = route;
      stay.end();
    }),
  );
}

/** `q`: leaves the screen; on the first one ends the program. */
export function leave(context: ActionContext): void {
  if (context.store.state.routes.length > 1) leaveScreen(context);
  else quit(context);
}

function leaveScreen(context: ActionContext): void {
  const { store, messages } = context;
  const route = currentRoute(store.state);
  if (askBeforeLeaving(context)) return;
  store.dispatch({ type: 'route-closed' });
  if (route.screen !== 'provisioning') return;
  const operation = findOperation(store.state, route.operationId);
  if (operation !== undefined && hasNothingToSay(operation)) void dismiss(context, operation.id);
  if (operation === undefined || !isUnderWay(operation)) return;
  messages.toast('accent', `${goingOn(operation)} in the background. Enter on its row reopens it.`);
}

function goingOn({ request, status }: Operation): string {
  if (request.kind !== undefined) return `${upkeepDoing(request)} continues`;
  const what = status === 'cleaning-up' ? 'Cleaning up after' : 'Creating';
  return `${what} ${request.label} continues`;
}

/** Asks first if quitting would cut work short, leave an operation in the background, or lose secrets in memory. */
function quit({ store, messages }: ActionContext): void {
  const { operations, running, keystore } = store.state;
  const cutShort = running.filter(({ keepsOpen }) => keepsOpen);
  const going = operations.list.filter(isUnderWay);
  const isMemory = keystore.kind === 'session';
  if (cutShort.length === 0 && going.length === 0 && !isMemory) {
    store.dispatch({ type: 'exit', reason: 'quit' });
    return;
  }
  messages.dialog({
    kind: 'question',
    title: 'Quit?',
    lines: [
      ...going.map(
        (operation) => `${goingOn(operation)} in the background. The next start shows it again.`,
      ),
      ...(isMemory
        ? [
            `Secrets are in memory only and will be lost. Press ${keyOf('secrets')} to create a vault.`,
          ]
        : []),
      ...cutShort.map(({ title }) => `${title} is not finished and would be interrupted.`),
    ],
    yes: 'Quit',
    no: 'Stay',
    danger: cutShort.length > 0 || isMemory,
    typed: undefined,
    onYes: () => store.dispatch({ type: 'exit', reason: 'quit' }),
  });
}

/** Ctrl-C: closes what is on top, like Esc and `q`; the second one within two seconds ends the program. */
export function interrupt(context: ActionContext): void {
  const { store, ports, messages } = context;
  const now = ports.clock.monotonic();
  const { interruptedAt, dialogs, overlay } = store.state;
  if (interruptedAt !== undefined && now - interruptedAt <= INTERRUPT_TWICE_MS) {
    store.dispatch({ type: 'exit', reason: 'quit' });
    return;
  }
  store.dispatch({ type: 'interrupted', at: now });
  const shown = dialogs[0];
  if (shown !== undefined) void messages.answer(shown.id, 'no');
  else if (overlay !== undefined) store.dispatch({ type: 'overlay-closed' });
  else leave(context);
  if (store.state.exit === undefined)
    messages.toast(
      'accent',
      'Press Ctrl-C again to quit. Provisionings continue in the background.',
    );
}
