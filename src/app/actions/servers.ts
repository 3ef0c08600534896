import { findServer } from '../server-rows.js';
import { shownError } from '../shown-error.js';
import type { ActionContext } from './context.js';

/** Reads servers.json, and asks every panel. */
export async function refreshServers(context: ActionContext): Promise<void> {
  await loadServers(context);
  context.ports.health.refresh();
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
      else store.dispatch({ type: 'servers-failed', error: shownError(snapshot.error) });
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

export function setActive(
  { store, ports, run, messages }: ActionContext,
  id: string,
): Promise<void> {
  const server = findServer(store.state, id);
  if (server === undefined || server.active) return Promise.resolve();
  const title = `Making ${server.label} the active server`;
  return run({ title, failure: 'The active server was not changed' }, async () => {
    await ports.registry.setActive(id);
    store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
    messages.toast('ok', `${server.label} is the active server now.`);
  });
}

/** Opens the panel in a browser, or says how to reach it where there is none. */
export function openPanel(context: ActionContext, id: string): Promise<void> {
  const { store, ports, run, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return Promise.resolve();
  const { hasBrowser, inSshSession } = ports.environment;
  return run({ title: `Opening the panel of ${server.label}` }, async () => {
    if (!hasBrowser || inSshSession) {
      showPanelAddress(context, id);
      return;
    }
    await ports.openUrl(server.panelUrl);
    messages.toast('ok', `${server.panelUrl} is open in the browser.`);
  });
}

/** The address as a link, copied, and how to bring the certificate to the machine with the browser. */
function showPanelAddress({ store, ports, terminal, messages }: ActionContext, id: string): void {
  const server = findServer(store.state, id);
  if (server === undefined) return;
  const { userName, hostName } = ports.environment;
  const { keystore } = store.state;
  terminal.copy(server.panelUrl);
  const password =
    keystore.kind === 'os' && !keystore.title.includes('macOS')
      ? `secret-tool lookup service com.portlama.server account ${server.id}`
      : `It is in ${keystore.title}, filed under com.portlama.server, ${server.id}.`;
  const fetchLines =
    server.p12Path === undefined
      ? ['Its certificate is not on this machine.']
      : ['Fetch the certificate:', { strong: `scp ${userName}@${hostName}:${server.p12Path} .` }];
  messages.dialog({
    kind: 'message',
    title: `Panel of ${server.label}`,
    lines: [
      'There is no browser here. Open this address where there is one (it was copied, if the terminal allows that):',
      { url: server.panelUrl },
      '',
      'The panel asks for the admin certificate. On the machine with the browser:',
      ...fetchLines,
      'Import client.p12 in the browser’s certificate settings. Its password, asked here:',
      { strong: password },
    ],
  });
}

export function copyPanelUrl({ store, terminal, messages }: ActionContext, id: string): void {
  const server = findServer(store.state, id);
  if (server === undefined) return;
  terminal.copy(server.panelUrl);
  messages.toast('accent', `Copied, if the terminal allows it: ${server.panelUrl}`);
}
