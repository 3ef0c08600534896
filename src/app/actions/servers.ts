import { shownError } from '../shown-error.js';
import { compareAgain } from './compare-droplets.js';
import type { ActionContext } from './context.js';

/** Reads servers.json, asks every panel, and DigitalOcean for strays. */
export async function refreshServers(context: ActionContext): Promise<void> {
  await loadServers(context);
  context.ports.health.refresh();
  void compareAgain(context);
}

/** Like `refreshServers`, for a key: confirms with a message, since the list may not change. */
export async function refreshByKey(context: ActionContext): Promise<void> {
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
export function watchServers({ store, ports, lifetime }: ActionContext): void {
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
    ports.health.onChange((change) => store.dispatch({ type: 'health-changed', ...change })),
  );
  lifetime.add(
    store.onChange(watchList((list) => ports.health.setServers(list), store.state.servers.list)),
  );
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
