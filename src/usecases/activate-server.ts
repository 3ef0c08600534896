import type { ServerEntry } from '../services/registry/registry.js';
import { requireServer } from './servers.js';
import type { KeyWork } from './work.js';

/** Makes a server the active one, of which there is at most one. */
export async function activateServer(wanted: string, work: KeyWork): Promise<ServerEntry> {
  const server = await requireServer(work, wanted);
  if (server.active) {
    work.face.say(`${server.label} is already the active server.`);
    return server;
  }
  await work.registry.setActive(server.id);
  work.news({ kind: 'servers-changed' });
  work.face.say(`${server.label} is now the active server.`, 'ok');
  return { ...server, active: true };
}
