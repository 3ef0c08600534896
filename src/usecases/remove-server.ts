import type { ServerEntry } from '../services/registry/registry.js';
import { removedText, removeQuestion } from '../words/servers.js';
import { dropServer, requireServer, requireStillListed } from './servers.js';
import type { KeyWork } from './work.js';

/** Removes a server from the list with everything kept for it here; the server itself keeps running. */
export async function removeServer(wanted: string, work: KeyWork): Promise<ServerEntry> {
  const server = await requireServer(work, wanted);
  await work.face.confirm(removeQuestion(server, wanted));
  await requireStillListed(server, work);
  await dropServer(server, work);
  work.face.say(removedText(server), 'ok');
  return server;
}
