import { InputError, messageOf, PortlamaError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { skippedText, updateCountText } from '../words/updates.js';
import { Declined } from './face.js';
import { pickServer } from './servers.js';
import { type UpdatedServer, updateServer } from './update-server.js';
import type { Work } from './work.js';

export interface UpdateManyInput {
  readonly version?: string | undefined;
  /** Continues with the next server after a failure. */
  readonly keepGoing: boolean;
}

interface Wanted {
  readonly labels: readonly string[];
  /** All that are set up; no label is given then. */
  readonly all: boolean;
}

/** Outcome for one of several servers. */
export interface TriedUpdate extends Partial<Omit<UpdatedServer, 'server' | 'ending'>> {
  readonly server: ServerEntry;
  readonly ending: UpdatedServer['ending'] | 'failed' | 'not-tried';
  /** Code of what failed. */
  readonly code?: string;
}

/** True when the server runs the wanted version now. */
export function isUpToDate({ ending }: TriedUpdate): boolean {
  return ending === 'updated' || ending === 'restarted' || ending === 'current';
}

/**
 * Updates servers one after the other, and stops at the first failure unless told to continue. Resolves to an outcome
 * for each, in order; rejects where a single one fails.
 */
export async function updateServers(
  wanted: Wanted,
  { version, keepGoing }: UpdateManyInput,
  work: Work,
): Promise<readonly TriedUpdate[]> {
  const servers = await serversOf(wanted, work);
  const tried: TriedUpdate[] = [];
  for (const server of servers) {
    // Stop at the first one that is cancelled.
    const isStopped = tried.some(({ code }) => code === 'cancelled');
    if (isStopped || (!keepGoing && !tried.every(isUpToDate))) {
      work.face.say(`${server.label} was not updated.`, 'warn');
      tried.push({ server, ending: 'not-tried' });
    } else tried.push(await updateOne(server, { version, isAlone: servers.length === 1 }, work));
  }
  const failed = tried.filter((one) => !isUpToDate(one)).map(({ server }) => server.label);
  if (servers.length > 1) work.face.say(updateCountText(servers.length, failed), 'plain');
  return tried;
}

async function serversOf(
  { labels, all }: Wanted,
  { registry, face }: Work,
): Promise<readonly ServerEntry[]> {
  const listed = await registry.list();
  if (all === labels.length > 0) throw notNamed();
  if (all) {
    const isSetUp = ({ domain }: ServerEntry): boolean => domain !== undefined;
    for (const server of listed) if (!isSetUp(server)) face.say(skippedText(server));
    return listed.filter(isSetUp);
  }
  return [...new Set(labels.map((name) => pickServer(listed, name)))];
}

function notNamed(): InputError {
  return new InputError({
    code: 'arguments',
    message: 'Name the servers by their labels, or all of them with --all.',
  });
}

/** A failure of one of several is said; of a single one it is thrown. */
async function updateOne(
  server: ServerEntry,
  { version, isAlone }: { readonly version: string | undefined; readonly isAlone: boolean },
  work: Work,
): Promise<TriedUpdate> {
  try {
    return await updateServer(server.id, { version }, work);
  } catch (error) {
    if (isAlone || error instanceof Declined || !(error instanceof PortlamaError)) throw error;
    work.face.say(`${server.label} was not updated: ${messageOf(error)}`, 'warn');
    return { server, ending: 'failed', code: error.code };
  }
}
