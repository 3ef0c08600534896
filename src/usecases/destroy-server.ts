import { InputError, messageOf, PortlamaError } from '../core/errors.js';
import type { DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import {
  destroyedText,
  destroyInterruptedText,
  destroyQuestion,
  removedMissingText,
  removeMissingQuestion,
  serverName,
} from '../words/servers.js';
import { openServer } from './open-accounts.js';
import { type AgreedRecords, offerToRemoveRecords, removeRecords } from './remove-records.js';
import { dropServer, requireServer, requireStillListed } from './servers.js';
import type { KeyWork } from './work.js';

export interface DestroyedServer {
  readonly server: ServerEntry;
  readonly dropletId: number;
  /** `removed` by this call, or `absent` from the account already. */
  readonly droplet: 'removed' | 'absent';
  /** Monthly price of the droplet, in USD; undefined when unknown. */
  readonly monthlyUsd: number | undefined;
}

/**
 * Deletes the droplet, then everything kept for it on this machine; the droplet first, so that an entry never goes
 * while its droplet is there. Cancelled. Nothing was changed.
 */
export async function destroyServer(wanted: string, work: KeyWork): Promise<DestroyedServer> {
  const server = await requireServer(work, wanted);
  const dropletId = requireDropletId(server);
  const { api, droplet } = await openServer(server, work);
  if (droplet === undefined) {
    await removeMissing(server, wanted, api, work);
    return { server, dropletId, droplet: 'absent', monthlyUsd: undefined };
  }
  await work.face.confirm(destroyQuestion(server, droplet, wanted));
  const records = await offerToRemoveRecords(server, wanted, api, work);
  const held = work.face.hold(destroyInterruptedText(server));
  try {
    return await destroyAgreed(server, droplet, records, api, work);
  } finally {
    held.dispose();
  }
}

/** Deletes the droplet that was agreed to, then everything kept for the server here. */
export async function destroyAgreed(
  server: ServerEntry,
  { id: dropletId, priceMonthlyUsd: monthlyUsd }: Droplet,
  records: AgreedRecords,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<DestroyedServer> {
  const { face, signal } = work;
  await requireStillListed(server, work);
  const droplet = await work.destroyDroplet(api, dropletId, signal, (text) => face.progress(text));
  work.news({ kind: 'droplet-gone', dropletId });
  const result = { server, dropletId, droplet, monthlyUsd };
  // Report the deletion before anything else can fail.
  face.say(destroyedText(result), 'ok');
  await removeRecords(records, work);
  await dropServer(server, work).catch((error: unknown) => {
    throw restKept(server, error);
  });
  return result;
}

/** Removes the entry of a droplet that is gone and whose panel is silent; looks for the droplet once more after the question. */
async function removeMissing(
  server: ServerEntry,
  wanted: string,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<void> {
  const { state } = await work.checkHealth(server, work.signal);
  if (state === 'online') throw dropletElsewhere(server);
  await work.face.confirm(
    removeMissingQuestion(server, await accountName(api, work.signal), wanted),
  );
  if ((await api.getDroplet(requireDropletId(server), work.signal)) !== undefined)
    throw existsAfterAll(server);
  const records = await offerToRemoveRecords(server, wanted, api, work);
  await removeRecords(records, work);
  await dropServer(server, work);
  work.face.say(removedMissingText(server), 'ok');
}

async function accountName(api: DigitalOceanApi, signal: AbortSignal): Promise<string> {
  try {
    return `the account of ${(await api.getAccount(signal)).email}`;
  } catch {
    return 'the token’s account';
  }
}

/** Throws `droplet-unknown` for a server that was added by hand. */
export function requireDropletId(server: ServerEntry): number {
  const id = dropletIdOf(server);
  if (id !== undefined) return id;
  throw new InputError({
    code: 'droplet-unknown',
    message: `${server.label} has no droplet that this program can destroy.`,
    hint: {
      lead: 'Remove it from the list only',
      command: 'servers.remove',
      id: serverName(server),
    },
  });
}

export function dropletElsewhere(server: ServerEntry): InputError {
  const { label, providerId } = server;
  return new InputError({
    code: 'droplet-elsewhere',
    message: `The panel of ${label} answers, but its droplet ${providerId} is not in the account of this token.`,
    hint: [
      { lead: 'Use the token of its account', command: 'token.set' },
      {
        lead: 'Or only remove it from the list',
        command: 'servers.remove',
        id: serverName(server),
      },
    ],
  });
}

function restKept({ label }: ServerEntry, cause: unknown): PortlamaError {
  return new PortlamaError({
    code: 'rest-kept',
    message: `${label} is destroyed, but some of its files or secrets on this machine remain: ${messageOf(cause)}`,
    hint: cause instanceof PortlamaError ? cause.hint : undefined,
    cause,
  });
}

export function existsAfterAll({ label, providerId }: ServerEntry): InputError {
  return new InputError({
    code: 'droplet-exists',
    message: `Droplet ${providerId} still exists, so ${label} stays in the list.`,
    hint: 'Nothing was changed. Try to destroy it again.',
  });
}
