import { InputError, messageOf, PortlamaError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { skippedText, updateCountText } from '../words/updates.js';
import { Declined } from './face.js';
import { pickServer } from './servers.js';
import { updateServer } from './update-server.js';
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

/**
 * Updates servers one after the other, and stops at the first failure unless told to continue. Resolves to true when each of them is updated, or was the newest.
 */
export async function updateServers(
  wanted: Wanted,
  { version, keepGoing }: UpdateManyInput,
  work: Work,
): Promise<boolean> {
  const servers = await serversOf(wanted, work);
  const failed: string[] = [];
  for (const [index, server] of servers.entries()) {
    const isGood = await updateOne(server, { version, isAlone: servers.length === 1 }, work);
    if (!isGood) failed.push(server.label);
    const left = servers.slice(index + 1);
    if (isGood || keepGoing || left.length === 0) continue;
    for (const { label } of left) work.face.say(`${label} was not updated.`, 'warn');
    return false;
  }
  if (servers.length > 1) work.face.say(updateCountText(servers.length, failed), 'plain');
  return failed.length === 0;
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
): Promise<boolean> {
  try {
    const { ending } = await updateServer(server.id, { version }, work);
    return ending !== 'unchanged' && ending !== 'down';
  } catch (error) {
    if (isAlone || error instanceof Declined || !(error instanceof PortlamaError)) throw error;
    work.face.say(`${server.label} was not updated: ${messageOf(error)}`, 'warn');
    return false;
  }
}
