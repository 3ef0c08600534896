import { dropletIdOf } from '../../services/registry/registry.js';
import { Declined } from '../../usecases/face.js';
import { accountText } from '../../words/token.js';
import { findServer } from '../server-rows.js';
import { currentRoute, type ServerHealth } from '../state.js';
import { loadAccounts } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { findNewestPanel } from './newest-panel.js';
import { runUseCase } from './use-case.js';

/** Looks up what the page of a server shows: when it opens, and after each look at its panel. */
export function watchServerPage(context: ActionContext): void {
  const { store, lifetime } = context;
  let openId: string | undefined;
  let last: ServerHealth | undefined;
  lifetime.add(
    store.onChange((state) => {
      const route = currentRoute(state);
      const serverId = route.screen === 'server' ? route.serverId : undefined;
      const health = serverId === undefined ? undefined : state.health.get(serverId);
      const isOpened = serverId !== openId;
      const failed = failureOf(health);
      const isNewFailure = isOpened || failed !== failureOf(last);
      if (!isOpened && health === last) return;
      openId = serverId;
      last = health;
      if (serverId === undefined) return;
      if (health?.health.state === 'online') void readMachine(context, serverId);
      // One look for each failure: a panel that stays down costs no more calls.
      if (failed !== undefined && isNewFailure) void explain(context, serverId, failed);
      void readNewest(context, serverId);
      if (!isOpened) return;
      void readDroplet(context, serverId);
      void readMaking(context, serverId);
      void readNote(context, serverId);
    }),
  );
}

/** Show nothing for a failed read: the page has the state of the panel itself. */
const options = (title: string, serverId: string) => ({
  title,
  quiet: true,
  onError: () => undefined,
  once: `${title} ${serverId}`,
});

const decline = (): Promise<never> => Promise.reject(new Declined());
/** A page asks nothing: a panel that wants the code of its second factor shows no machine. */
const ASKS_NOTHING = { ask: decline, choose: decline, secret: decline };

/** Duration of its creation, where it was made here. */
async function readMaking({ store, ports, run }: ActionContext, serverId: string): Promise<void> {
  await run(options('Reading past provisionings', serverId), async () => {
    const past = await ports.operations.past();
    const made = past.find((each) => each.serverId === serverId && each.end === 'succeeded');
    if (made?.endedAt === undefined) return;
    const madeInMs = made.endedAt - made.startedAt;
    store.dispatch({ type: 'page-read', serverId, madeInMs });
  });
}

async function readNote({ store, ports, run }: ActionContext, serverId: string): Promise<void> {
  await run(options('Reading the note', serverId), async () => {
    const { note, account } = await ports.readServerMeta(serverId);
    if (note !== undefined) store.dispatch({ type: 'page-read', serverId, note });
    if (account !== undefined)
      store.dispatch({ type: 'page-read', serverId, account: accountText(account) });
  });
}

async function readMachine(context: ActionContext, serverId: string): Promise<void> {
  const outcome = await runUseCase(
    context,
    options('Reading the state of the machine', serverId),
    async (work) => {
      const { showStatus } = await import('../../usecases/show-status.js');
      return await showStatus(serverId, { ...work, face: { ...work.face, ...ASKS_NOTHING } });
    },
    (machine) => context.store.dispatch({ type: 'page-read', serverId, machine, wantsCode: false }),
  );
  if (outcome === 'declined')
    context.store.dispatch({ type: 'page-read', serverId, wantsCode: true });
}

function failureOf(known: ServerHealth | undefined): string | undefined {
  const health = known?.health;
  if (health?.state === 'certificate-changed') return 'panel-certificate-changed';
  return health?.state === 'offline' ? health.code : undefined;
}

/** Asks DigitalOcean why a panel does not answer. */
async function explain(context: ActionContext, serverId: string, code: string): Promise<void> {
  const { store, ports, run, signal } = context;
  const server = findServer(store.state, serverId);
  const { tokenOrigin } = store.state.keystore;
  if (server === undefined || tokenOrigin === undefined || tokenOrigin === 'none') return;
  await run(options('Asking why the panel does not answer', serverId), async () => {
    const { explainOffline } = await import('../../usecases/explain-offline.js');
    const { openServer } = await loadAccounts();
    const open = () => openServer(server, { ...ports, signal });
    const found = await explainOffline(server, code, open, signal);
    if (found !== undefined) store.dispatch({ type: 'page-read', serverId, ...found });
  });
}

async function readDroplet(context: ActionContext, serverId: string): Promise<void> {
  const { store, ports, run, signal } = context;
  const server = findServer(store.state, serverId);
  const { tokenOrigin } = store.state.keystore;
  if (
    server === undefined ||
    dropletIdOf(server) === undefined ||
    tokenOrigin === undefined ||
    tokenOrigin === 'none'
  )
    return;
  await run(options('Reading the droplet', serverId), async () => {
    const { openServer } = await loadAccounts();
    const { droplet, api } = await openServer(server, { ...ports, signal });
    store.dispatch({ type: 'page-read', serverId, droplet });
    const { expiresInSeconds } = await api.getTokenInfo(signal);
    const tokenExpiresAt =
      expiresInSeconds === undefined ? 'never' : ports.clock.now() + expiresInSeconds * 1_000;
    store.dispatch({ type: 'page-read', serverId, tokenExpiresAt });
  });
}

/** For "update available"; not asked where notices about updates are off. */
async function readNewest(context: ActionContext, serverId: string): Promise<void> {
  const { store, ports, run } = context;
  if (!ports.environment.updateNotice) return;
  await run(options('Looking for the newest panel', serverId), async () => {
    const newest = await findNewestPanel(context);
    const { page } = store.state;
    if (page?.serverId !== serverId || page.newest !== newest)
      store.dispatch({ type: 'page-read', serverId, newest });
  });
}
