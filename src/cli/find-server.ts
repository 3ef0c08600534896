import { InputError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { World } from './world.js';

/** The server with this label or id. What could mean two of them is refused: it could be the wrong one. */
export async function findServer(
  { registry }: Pick<World, 'registry'>,
  wanted: string,
): Promise<ServerEntry> {
  const servers = await registry.list();
  const [server, ...others] = servers.filter(({ id, label }) => [id, label].includes(wanted));
  if (server === undefined) throw unknown(wanted);
  if (others.length > 0) throw ambiguous(wanted, [server, ...others]);
  return server;
}

function unknown(wanted: string): InputError {
  return new InputError({
    code: 'server-unknown',
    message: `There is no server called ${JSON.stringify(wanted)}.`,
    hint: 'List them with: portlama-tui servers',
  });
}

function ambiguous(wanted: string, servers: readonly ServerEntry[]): InputError {
  const lines = servers.map(({ id, panelUrl }) => `${id}  ${panelUrl}`);
  return new InputError({
    code: 'server-ambiguous',
    message: `${servers.length} servers are called ${JSON.stringify(wanted)}.`,
    hint: ['Say which one by its id:', ...lines].join('\n'),
  });
}
