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
import { Declined } from './face.js';
import type { KeyWork } from './work.js';

/** The records of a server that are agreed to go with it. */
export interface AgreedRecords {
  readonly facts: readonly DnsFacts[];
}

export const NO_RECORDS: AgreedRecords = { facts: [] };

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
  try {
    const names: string[] = [];
    for (const facts of all) {
      const records = await api.listRecords(facts.zone, signal);
      const made = new Set(facts.made.map(({ name }) => name));
      const plans = planRecords(records, facts, facts.address);
      names.push(
        ...plans.flatMap((plan) => (made.has(plan.name) && plan.isRight ? [plan.fullName] : [])),
      );
    }
    if (names.length > 0) await face.confirm(removeRecordsQuestion(server.label, names, wanted));
    return { facts: all };
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = error instanceof Declined ? undefined : messageOf(error);
    face.say(recordsKeptText(all, reason), 'warn');
    return NO_RECORDS;
  }
}

/** Removes them. A failure is said with the names of the records, since nothing here knows of them afterwards. */
export async function removeRecords(
  { facts }: AgreedRecords,
  api: DigitalOceanApi,
  { face, signal }: KeyWork,
): Promise<void> {
  for (const each of facts) {
    try {
      const done = await takeBackRecords(api, each, { restore: false, signal });
      for (const line of recordsRemovedText(each, done)) face.say(line);
    } catch (error) {
      face.say(recordsKeptText([each], messageOf(error)), 'warn');
    }
  }
}
