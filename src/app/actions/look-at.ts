import { findServer } from '../server-rows.js';
import { readCertificate } from './client-certificate.js';
import type { ActionContext } from './context.js';

/** Stay on a row before anything about it is read, ms; rows passed by read nothing. */
const SETTLE_MS = 250;

/** The row that the cursor is on, by program. */
const lookedAt = new WeakMap<ActionContext['store'], string>();

/** Reads what is slow to read about the server under the cursor. */
export async function lookAt(context: ActionContext, serverId: string | undefined): Promise<void> {
  const { store, ports, signal } = context;
  if (serverId === undefined || lookedAt.get(store) === serverId) return;
  lookedAt.set(store, serverId);
  try {
    await ports.clock.sleep(SETTLE_MS, signal);
  } catch {
    return;
  }
  const server = findServer(store.state, serverId);
  if (server === undefined || lookedAt.get(store) !== serverId) return;
  await Promise.all([readHistory(context, serverId), readCertificate(context, server)]);
}

/** Reads a replaced certificate if its server has the cursor; others are read when the cursor reaches them. */
export async function lookAgain(context: ActionContext, serverId: string): Promise<void> {
  if (lookedAt.get(context.store) !== serverId) return;
  lookedAt.delete(context.store);
  await lookAt(context, serverId);
}

/** Reads what is kept of a server. Shows nothing for a failed read: the state of the panel itself is there. */
export async function readHistory(
  { store, ports, run }: ActionContext,
  serverId: string,
): Promise<void> {
  const title = 'Reading the history';
  const options = { title, quiet: true, onError: () => undefined, once: `${title} ${serverId}` };
  await run(options, async () => {
    const history = await ports.health.history(serverId);
    store.dispatch({ type: 'history-read', serverId, history });
  });
}
