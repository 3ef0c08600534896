import { messageOf } from '../core/errors.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import {
  type DnsFacts,
  hasRecords,
  planRecords,
  takeBackRecords,
} from '../services/dns/server-records.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { recordsKeptText, recordsRemovedText, removeRecordsQuestion } from '../words/dns.js';
import { accountText } from '../words/token.js';
import { Declined } from './face.js';
import { openRemembered } from './open-accounts.js';
import type { KeyWork } from './work.js';

/** The records of a server that are agreed to go with it, each with a client of the account that has them. */
export type AgreedRecords = readonly HeldRecords[];

interface HeldRecords {
  readonly facts: DnsFacts;
  readonly api: DigitalOceanApi;
}

export const NO_RECORDS: AgreedRecords = [];

/**
 * Offers to remove exactly the records that were made for a server here and still lead to it, under whatever name it is
 * listed now. Declining keeps them, and so does a look that fails: both are said.
 */
export async function offerToRemoveRecords(
  server: ServerEntry,
  wanted: string,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<AgreedRecords> {
  const { face, signal } = work;
  const all = ((await work.readServerMeta(server.id)).dns ?? []).filter(hasRecords);
  if (all.length === 0) return NO_RECORDS;
  const held = await findHolders(all, api, work);
  if (held.length === 0) return NO_RECORDS;
  try {
    const names: string[] = [];
    for (const { facts, api } of held) {
      const records = await api.listRecords(facts.zone, signal);
      const made = new Set(facts.made.map(({ name }) => name));
      const plans = planRecords(records, facts, facts.address);
      names.push(
        ...plans.flatMap((plan) => (made.has(plan.name) && plan.isRight ? [plan.fullName] : [])),
      );
    }
    if (names.length > 0) await face.confirm(removeRecordsQuestion(server.label, names, wanted));
    return held;
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = error instanceof Declined ? undefined : messageOf(error);
    const kept = held.map(({ facts }) => facts);
    face.say(recordsKeptText(kept, reason), 'warn');
    return NO_RECORDS;
  }
}

/** Records whose account has no token here are named, and left out. */
async function findHolders(
  all: readonly DnsFacts[],
  own: DigitalOceanApi,
  work: KeyWork,
): Promise<AgreedRecords> {
  const held: HeldRecords[] = [];
  for (const facts of all) {
    const { account } = facts;
    const api = account === undefined ? own : (await openRemembered(account, work))?.api;
    if (api !== undefined) held.push({ facts, api });
    else {
      const reason = `there is no usable token of the account ${accountText(account!)} here`;
      work.face.say(recordsKeptText([facts], reason), 'warn');
    }
  }
  return held;
}

/** Removes them. A failure is said with the names of the records, since nothing here knows of them afterwards. */
export async function removeRecords(
  records: AgreedRecords,
  { face, signal }: KeyWork,
): Promise<void> {
  for (const { facts, api } of records) {
    try {
      const done = await takeBackRecords(api, facts, { restore: false, signal });
      for (const line of recordsRemovedText(facts, done)) face.say(line);
    } catch (error) {
      face.say(recordsKeptText([facts], messageOf(error)), 'warn');
    }
  }
}
