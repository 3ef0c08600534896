import { isIPv4 } from 'node:net';
import { RECORD_TTL } from '../../core/domain.js';
import type { RememberedAccount } from '../registry/server-meta.js';
import { ApiError } from '../digitalocean/api-error.js';
import type { DigitalOceanApi, DnsRecord, NewDnsRecord } from '../digitalocean/api.js';

/** The records of a server's domain, as they are kept with it. */
export interface DnsFacts {
  /** `lab.example.com` */
  readonly domain: string;
  /** Domain of the account that they are in: `example.com`. */
  readonly zone: string;
  /** Account that has the zone, where that is not the server's own. */
  readonly account?: RememberedAccount | undefined;
  /** Content of each record made here. */
  readonly address: string;
  /** A records made here, by their names below the zone; without an id the answer is not known. */
  readonly made: readonly { readonly name: string; readonly id?: number | undefined }[];
  /** Records that were there before, and gave way. */
  readonly replaced: readonly DnsRecord[];
}

/** One name, and what answers for it now. */
export interface NamePlan {
  /** Below the zone: `lab`, `*.lab`, `@`. */
  readonly name: string;
  /** `lab.example.com` */
  readonly fullName: string;
  /** Leads to the server already. */
  readonly isRight: boolean;
  /** Other records that answer for it. */
  readonly conflicts: readonly DnsRecord[];
}

export interface MadeRecords {
  readonly facts: DnsFacts;
  /** Names that got a record now. */
  readonly created: readonly string[];
  /** Names whose records were left alone. */
  readonly conflicts: readonly NamePlan[];
}

export interface MakeOptions {
  /** Replaces records that answer for the names. */
  readonly override: boolean;
  /** Keeps the facts before each change, so that it can be taken back whatever happens. */
  readonly keep: (facts: DnsFacts) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Name of a domain below its zone: `@`, or one label. Undefined for one that is not directly in it. */
export function nameInZone(domain: string, zone: string): string | undefined {
  if (domain === zone) return '@';
  if (!domain.endsWith(`.${zone}`)) return undefined;
  const name = domain.slice(0, -zone.length - 1);
  return name.includes('.') ? undefined : name;
}

/** The zone of the account that a domain is directly in, the longest one; undefined for none. */
export function zoneOf(domain: string, zones: readonly string[]): string | undefined {
  return zonesFor(domain, zones)[0];
}

/** All zones that a domain is directly in, the longest first. */
export function zonesFor(domain: string, zones: readonly string[]): readonly string[] {
  return zones
    .filter((zone) => nameInZone(domain, zone) !== undefined)
    .sort((one, other) => other.length - one.length);
}

/** Effect of making the two records of a domain. */
export function planRecords(
  records: readonly DnsRecord[],
  { domain, zone }: Pick<DnsFacts, 'domain' | 'zone'>,
  address: string | undefined,
): readonly NamePlan[] {
  const host = nameInZone(domain, zone);
  if (host === undefined) throw new Error(`${domain} is not directly in ${zone}.`);
  return [host, host === '@' ? '*' : `*.${host}`].map((name) => {
    const answering = records.filter((record) => isAnswer(record) && record.name === name);
    const right = answering.find((record) => isOurs(record, address));
    const conflicts = answering.filter((record) => record !== right);
    const fullName = name === '@' ? zone : `${name}.${zone}`;
    return { name, fullName, isRight: right !== undefined, conflicts };
  });
}

function isAnswer({ type }: DnsRecord): boolean {
  return type === 'A' || type === 'AAAA' || type === 'CNAME';
}

function isOurs({ type, data }: DnsRecord, address: string | undefined): boolean {
  return type === 'A' && data === address;
}

/**
 * Leads a domain and everything below it to the address. A second run resumes where the first one was cut off. A record
 * that is right stays; one that answers otherwise is replaced only with `override`. A failure puts the records back
 * first; what cannot be put back stays in the facts that were kept last.
 */
export async function makeRecords(
  api: DigitalOceanApi,
  begun: DnsFacts,
  options: MakeOptions,
): Promise<MadeRecords> {
  let facts = begun;
  const change = async (next: DnsFacts): Promise<void> => {
    facts = next;
    await options.keep(facts);
  };
  try {
    return await makeEach(api, () => facts, change, options);
  } catch (error) {
    if (!options.signal.aborted && hasRecords(facts)) await putBack(api, facts, options);
    throw error;
  }
}

/** True for an address that an A record can hold. */
export function fitsRecord(address: string): boolean {
  return isIPv4(address);
}

/** False where nothing was made or replaced. */
export function hasRecords({ made, replaced }: DnsFacts): boolean {
  return made.length + replaced.length > 0;
}

async function putBack(
  api: DigitalOceanApi,
  facts: DnsFacts,
  { keep, signal }: MakeOptions,
): Promise<void> {
  try {
    await takeBackRecords(api, facts, { restore: true, signal });
    await keep({ ...facts, made: [], replaced: [] });
  } catch {
    // The facts still say what there is to take back.
  }
}

async function makeEach(
  api: DigitalOceanApi,
  current: () => DnsFacts,
  change: MakeOptions['keep'],
  { override, signal }: MakeOptions,
): Promise<MadeRecords> {
  let facts = current();
  const { zone, address } = facts;
  const records = await api.listRecords(zone, signal);
  const plans = planRecords(records, facts, address);
  const created: string[] = [];
  const left: NamePlan[] = [];
  for (const plan of plans) {
    const { name, isRight, conflicts } = plan;
    if (conflicts.length > 0 && !override) left.push(plan);
    else if (!isRight || conflicts.length > 0) {
      const known = new Set(facts.replaced.map(({ id }) => id));
      const replaced = [...facts.replaced, ...conflicts.filter(({ id }) => !known.has(id))];
      const others = facts.made.filter((made) => made.name !== name);
      const wasMade = facts.made.length > others.length;
      const made = isRight && !wasMade ? others : [...others, { name }];
      await change({ ...facts, made, replaced });
      facts = current();
      const record = { type: 'A', name, data: address, ttl: RECORD_TTL };
      const id = await replaceBy(api, zone, record, plan, signal);
      if (id !== undefined) await change({ ...facts, made: [...others, { name, id }] });
      facts = current();
      created.push(name);
    }
  }
  return { facts, created, conflicts: left };
}

/** The id of the record that points to the server now; undefined where one did so already. */
async function replaceBy(
  api: DigitalOceanApi,
  zone: string,
  record: NewDnsRecord,
  { isRight, conflicts }: NamePlan,
  signal: AbortSignal,
): Promise<number | undefined> {
  // Changing one leaves no moment without an answer.
  const changed = isRight ? undefined : conflicts.find(({ type }) => type === 'A');
  for (const { id } of conflicts.filter((each) => each !== changed))
    await api.deleteRecord(zone, id, signal);
  if (isRight) return undefined;
  if (changed === undefined) return await createSurely(api, zone, record, signal);
  return (await api.updateRecord(zone, changed.id, record, signal)).id;
}

/** Creates are not idempotent: after a lost answer it looks, and sends the request again when there is nothing. */
const LOST_ANSWERS_MAX = 2;

async function createSurely(
  api: DigitalOceanApi,
  zone: string,
  record: NewDnsRecord,
  signal: AbortSignal,
): Promise<number> {
  for (let lost = 0; ; lost++) {
    try {
      return (await api.createRecord(zone, record, signal)).id;
    } catch (error) {
      if (!(error instanceof ApiError) || error.isCertainlyRefused) throw error;
      const found = (await api.listRecords(zone, signal)).find((each) => isSame(each, record));
      if (found !== undefined) return found.id;
      if (lost === LOST_ANSWERS_MAX) throw error;
    }
  }
}

export interface TakenBack {
  /** Full names whose record is gone. */
  readonly removed: readonly string[];
  /** Records at these names that hold something else by now: left alone. */
  readonly changed: readonly DnsRecord[];
  /** Records of before that are there again. */
  readonly restored: readonly DnsRecord[];
}

/**
 * Removes the records made here that still hold the server's address, and no others. With `restore` the ones that gave
 * way come back, where nothing else has taken their place.
 */
export async function takeBackRecords(
  api: DigitalOceanApi,
  facts: DnsFacts,
  { restore, signal }: { readonly restore: boolean; readonly signal: AbortSignal },
): Promise<TakenBack> {
  const { zone, address, made, replaced } = facts;
  const records = await recordsIfAny(api, zone, signal);
  const removed: string[] = [];
  const changed: DnsRecord[] = [];
  const gone = new Set<DnsRecord>();
  for (const { name, id } of made) {
    const ours = records.filter(
      (each) => each.name === name && isOurs(each, address) && (id === undefined || each.id === id),
    );
    for (const each of ours) {
      await api.deleteRecord(zone, each.id, signal);
      gone.add(each);
    }
    if (ours.length > 0) removed.push(name === '@' ? zone : `${name}.${zone}`);
    else changed.push(...records.filter((each) => each.id === id));
  }
  const now = records.filter((each) => !gone.has(each));
  const restored: DnsRecord[] = [];
  for (const old of restore ? replaced : []) {
    const isForeign = (each: DnsRecord): boolean =>
      each.name === old.name && isAnswer(each) && !replaced.some((other) => isSame(each, other));
    if (now.some((each) => isSame(each, old) || isForeign(each))) continue;
    const { id: _id, ...fields } = old;
    await createSurely(api, zone, asSent(fields), signal);
    restored.push(old);
  }
  return { removed, changed, restored };
}

/** A zone that is gone has no records. */
async function recordsIfAny(
  api: DigitalOceanApi,
  zone: string,
  signal: AbortSignal,
): Promise<readonly DnsRecord[]> {
  try {
    return await api.listRecords(zone, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** DigitalOcean takes the name of a CNAME with a dot at its end, and gives it without one. */
function asSent(record: NewDnsRecord): NewDnsRecord {
  const isName = record.type === 'CNAME' && /[^.@]$/.test(record.data);
  return isName ? { ...record, data: `${record.data}.` } : record;
}

function isSame(one: NewDnsRecord, other: NewDnsRecord): boolean {
  const data = (record: NewDnsRecord): string => record.data.replace(/\.$/, '').toLowerCase();
  return one.type === other.type && one.name === other.name && data(one) === data(other);
}
