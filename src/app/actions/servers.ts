import { shownError } from '../shown-error.js';
import type { Health, HealthChange } from '../../services/health/health.js';
import { lengthOf } from '../../words/formats.js';
import { findServer } from '../server-rows.js';
import type { ToastStyle } from '../state.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { readHistory } from './look-at.js';
import { forgetNewestPanel } from './newest-panel.js';

/** Reads servers.json, asks every panel, and DigitalOcean for unlisted droplets. */
export async function refreshServers(context: ActionContext): Promise<void> {
  await loadServers(context);
  context.ports.health.refresh();
  void compareAgain(context);
}

/** Like `refreshServers`, for a key: confirms with a message, since the list may not change. */
export async function refreshByKey(context: ActionContext): Promise<void> {
  forgetNewestPanel(context);
  await refreshServers(context);
  const { list, error } = context.store.state.servers;
  if (error !== undefined) return;
  const panels = ['', '; checking 1 panel', `; checking ${list.length} panels`];
  context.messages.toast('accent', `Refreshed${panels[Math.min(list.length, 2)]}.`);
}

/** Reads servers.json; an error stays on screen with what to do. */
export function loadServers({ store, ports, run }: ActionContext): Promise<void> {
  const title = 'Reading the servers';
  return run(
    { title, onError: (error) => store.dispatch({ type: 'servers-failed', error }) },
    async () => {
      store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
    },
  );
}

/** Keeps servers and their health up to date until the program ends. */
export function watchServers(context: ActionContext): void {
  const { store, ports, lifetime } = context;
  lifetime.add(
    ports.registry.onChange((snapshot) => {
      if (snapshot.error === undefined)
        store.dispatch({ type: 'servers-loaded', servers: snapshot.servers });
      else
        store.dispatch({
          type: 'servers-failed',
          error: shownError(snapshot.error, ports.environment),
        });
    }),
  );
  lifetime.add(ports.registry.watch());
  lifetime.add(
    ports.health.onChange((change) => {
      const before = store.state.health.get(change.serverId)?.health;
      store.dispatch({ type: 'health-changed', at: ports.clock.now(), ...change });
      announceHealth(context, change, before);
      if (store.state.lookedAt?.serverId === change.serverId)
        void readHistory(context, change.serverId);
    }),
  );
  lifetime.add(
    store.onChange(watchList((list) => ports.health.setServers(list), store.state.servers.list)),
  );
}

/** Says that a server went offline or came back, in the activity log and by the bell if that is on. */
function announceHealth(
  { store, ports, terminal }: ActionContext,
  { serverId, health }: HealthChange,
  before: Health | undefined,
): void {
  if (before === undefined || before.state === health.state) return;
  const label = findServer(store.state, serverId)?.label;
  if (label === undefined) return;
  const at = ports.clock.now();
  const note = (style: ToastStyle, text: string): void => {
    const activity = { at, style, text: ports.redactor.clean(text), isHealth: true };
    store.dispatch({ type: 'activity-noted', activity });
    if (!store.state.settings.bell) return;
    terminal.bell();
    terminal.notify(activity.text);
  };
  if (before.state === 'online' && health.state === 'offline')
    note('danger', `${label} is offline: ${health.reason}`);
  if (before.state === 'offline' && health.state === 'online')
    note('ok', `${label} is online again after ${lengthOf(at - before.since)}.`);
}

type List = ActionContext['store']['state']['servers']['list'];

function watchList(
  handleList: (list: List) => void,
  initial: List,
): (state: ActionContext['store']['state']) => void {
  let last = initial;
  return ({ servers }) => {
    if (servers.list === last) return;
    last = servers.list;
    handleList(last);
  };
}
