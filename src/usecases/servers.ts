import { InputError, messageOf, quoted } from '../core/errors.js';
import { forgetServer } from '../services/registry/server-credentials.js';
import type { Registry, ServerEntry } from '../services/registry/registry.js';
import { dropUpkeeps } from './upkeep.js';
import type { KeyWork } from './work.js';

/** Finds a server by label or id. Throws `server-unknown`, or `server-ambiguous` where two answer to it. */
export async function requireServer(
  { registry }: { readonly registry: Pick<Registry, 'list'> },
  wanted: string,
): Promise<ServerEntry> {
  return pickServer(await registry.list(), wanted);
}

/** Finds a server like `requireServer`, in a list that was read already. */
export function pickServer(servers: readonly ServerEntry[], wanted: string): ServerEntry {
  const [server, ...others] = servers.filter(({ id, label }) => [id, label].includes(wanted));
  if (server === undefined) throw unknown(wanted);
  if (others.length > 0) throw ambiguous(wanted, [server, ...others]);
  return server;
}

function unknown(wanted: string): InputError {
  return new InputError({
    code: 'server-unknown',
    message: `There is no server called ${quoted(wanted)}.`,
    hint: { command: 'servers' },
  });
}

function ambiguous(wanted: string, servers: readonly ServerEntry[]): InputError {
  const lines = servers.map(({ id, panelUrl }) => `${id}  ${panelUrl}`);
  return new InputError({
    code: 'server-ambiguous',
    message: `${servers.length} servers are called ${quoted(wanted)}.`,
    hint: ['Choose one by its id:', ...lines].join('\n'),
  });
}

/** Throws `server-unknown` when another program removed it while a question was open. */
export async function requireStillListed(server: ServerEntry, work: KeyWork): Promise<void> {
  const servers = await work.registry.list();
  if (servers.some(({ id }) => id === server.id)) return;
  throw new InputError({
    code: 'server-unknown',
    message: `${server.label} is no longer in the list. Nothing was changed.`,
  });
}

/** Removes the entry and everything kept for it here, and ends work on it. The droplet is not touched. */
export async function dropServer(server: ServerEntry, work: KeyWork): Promise<void> {
  try {
    await forgetServer(server, work);
  } finally {
    work.news({ kind: 'servers-changed' });
  }
  // The server is removed, whatever becomes of its operations.
  await dropUpkeeps(server.id, work).catch((error: unknown) =>
    work.face.say(messageOf(error), 'warn'),
  );
}
