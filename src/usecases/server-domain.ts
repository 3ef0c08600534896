import { requireDomain, requireEmail } from '../core/domain.js';
import { InputError, messageOf } from '../core/errors.js';
import { ApiError } from '../services/digitalocean/api-error.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import {
  type DnsFacts,
  makeRecords,
  nameInZone,
  type NamePlan,
  planRecords,
  zoneOf,
} from '../services/dns/server-records.js';
import type { RequestedDomain } from '../services/provisioning/journal/records.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import {
  addZoneQuestion,
  NEW_ADDRESS,
  notDelegatedText,
  previewLines,
  replaceQuestion,
  zoneAddedLines,
} from '../words/dns.js';
import { nameLine, recordLines } from '../words/onboarding.js';
import { serverName } from '../words/servers.js';
import { openServer } from './open-accounts.js';
import { requireServer } from './servers.js';
import { openApi } from './token.js';
import type { KeyWork } from './work.js';

/** Input about a domain. */
export interface DomainInput {
  readonly domain?: string | undefined;
  readonly email?: string | undefined;
  /** Domain of the account, and the one label below it. */
  readonly zone?: string | undefined;
  readonly subdomain?: string | undefined;
  /** Replaces records that answer for the domain, without a question. */
  readonly override?: boolean | undefined;
}

export interface DomainSet {
  readonly server: ServerEntry;
  readonly domain: string;
  /** `left-alone`: some name is in the way of another use. `to-be-made`: where the domain is kept. */
  readonly records: 'made' | 'left-alone' | 'to-be-made';
}

interface Wish {
  readonly name: string;
  /** Must be a domain of the account. */
  readonly zone: string | undefined;
}

/**
 * The domain of a server to be, with every record shown and agreed to; undefined where none was asked for. Records that
 * answer for it now are replaced only once that is typed.
 */
export async function agreeOnDomain(
  input: DomainInput,
  work: KeyWork,
): Promise<RequestedDomain | undefined> {
  const wish = wishOf(input);
  if (wish === undefined) return undefined;
  const { name } = wish;
  const api = await openApi(work);
  const zone = await findZone(wish, api, work);
  if (zone === undefined) {
    work.face.say(`${name} is kept elsewhere: the records to make are shown with its address.`);
    return { name };
  }
  const isAgreed = await agreeOnRecords({ domain: name, zone }, undefined, input, api, work);
  return { name, zone, ...(isAgreed ? { override: true } : {}) };
}

/**
 * Leads a domain to a server that is there, and keeps what was made with it. One kept elsewhere is looked up, and its
 * records are shown. Can be repeated.
 */
export async function setServerDomain(
  wanted: string,
  input: DomainInput,
  work: KeyWork,
): Promise<DomainSet> {
  const { face, signal } = work;
  const wish = wishOf(input);
  if (wish === undefined) throw domainMissing();
  const server = await requireServer(work, wanted);
  const { name: domain } = wish;
  // Its own account's: the records go with the server when that is destroyed.
  const isCloud = dropletIdOf(server) !== undefined;
  const api = isCloud ? (await openServer(server, work)).api : await openApi(work);
  const zone = await findZone(wish, api, work);
  let records: DomainSet['records'] = 'to-be-made';
  if (zone === undefined) await showRecords(server, domain, work);
  else {
    const isAgreed = await agreeOnRecords({ domain, zone }, server.ip, input, api, work);
    const { dns = [] } = await work.readServerMeta(server.id);
    const isThis = (facts: DnsFacts): boolean =>
      facts.domain === domain && facts.zone === zone && facts.address === server.ip;
    const others = dns.filter((facts) => !isThis(facts));
    const none = { domain, zone, address: server.ip, made: [], replaced: [] };
    const keep = (facts: DnsFacts): Promise<void> =>
      work.changeServerMeta(server.id, { dns: [...others, facts] });
    const options = { override: isAgreed, keep, signal };
    const { conflicts } = await makeRecords(api, dns.find(isThis) ?? none, options);
    records = conflicts.length === 0 ? 'made' : 'left-alone';
    for (const { fullName } of conflicts) face.say(`${fullName} was left alone.`, 'warn');
    if (conflicts.length === 0) face.say(`${domain} and *.${domain} lead to ${server.ip}.`, 'ok');
  }
  face.say({ command: 'servers.onboard', id: serverName(server) }, 'advice');
  return { server, domain, records };
}

/** Throws InputError for what does not fit together. */
function wishOf({ domain, email, zone, subdomain }: DomainInput): Wish | undefined {
  if (email !== undefined) requireEmail(email);
  const name = domain === undefined ? undefined : requireDomain(domain);
  if (zone === undefined) {
    if (name !== undefined && subdomain === undefined) return { name, zone };
    if (name !== undefined || subdomain !== undefined || email !== undefined) throw domainMissing();
    return undefined;
  }
  const parent = requireDomain(zone);
  const full = requireDomain(
    subdomain === undefined ? (name ?? parent) : `${subdomain.trim()}.${parent}`,
  );
  if (nameInZone(full, parent) === undefined || (name !== undefined && name !== full))
    throw new InputError({
      code: 'domain-mismatch',
      message: `${name ?? full} is not directly below ${parent}: its subdomain is one label.`,
      hint: `For example lab.${parent}: --do-domain ${parent} --do-subdomain lab.`,
    });
  return { name: full, zone: parent };
}

function domainMissing(): InputError {
  return new InputError({
    code: 'domain-missing',
    message: 'Which domain should lead to the server?',
    hint: 'Add --domain, for example --domain lab.example.com, or --do-domain with --do-subdomain.',
  });
}

/** The domain of the account that the records belong in; undefined for a domain that is kept elsewhere. */
async function findZone(
  { name, zone }: Wish,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<string | undefined> {
  const { face, signal } = work;
  let zones: readonly string[];
  try {
    zones = (await api.listDomains(signal)).map((each) => each.name.toLowerCase());
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'scope-missing') throw error;
    if (zone !== undefined) throw scopesMissing(error);
    face.say('The token lacks the scope domain:read, so DigitalOcean’s domains are not used.');
    return undefined;
  }
  const found = zone === undefined ? zoneOf(name, zones) : zones.find((each) => each === zone);
  if (found === undefined && zone !== undefined) await addZone(zone, api, work);
  const used = found ?? zone;
  if (used !== undefined) await sayDelegation(used, work);
  return used;
}

function scopesMissing(cause: ApiError): InputError {
  return new InputError({
    code: 'scope-missing',
    message: 'The token lacks the scope domain:read.',
    hint: 'Create a token with the group domain as well (domain:create, domain:read, domain:update, domain:delete), or give --domain alone for a domain that is kept elsewhere.',
    cause,
  });
}

async function addZone(zone: string, api: DigitalOceanApi, work: KeyWork): Promise<void> {
  const { face, signal } = work;
  await face.confirm(addZoneQuestion(zone));
  try {
    await api.createDomain(zone, signal);
  } catch (error) {
    // A lost answer is looked up.
    if (!(error instanceof ApiError) || error.isCertainlyRefused) throw error;
    const now = await api.listDomains(signal);
    if (!now.some(({ name }) => name === zone)) throw error;
  }
  for (const line of zoneAddedLines(zone)) face.say(line);
}

/** Says that a zone is not delegated; says nothing where that cannot be found out. */
async function sayDelegation(zone: string, work: KeyWork): Promise<void> {
  try {
    const found = await work.resolveNameServers(zone);
    if (found.some((name) => name.endsWith('.digitalocean.com'))) return;
    work.face.say(notDelegatedText(zone, found), 'warn');
  } catch {
    // The name servers are looked at only to say so.
  }
}

/** True when records in the way shall be replaced. Throws Declined. */
async function agreeOnRecords(
  place: Pick<DnsFacts, 'domain' | 'zone'>,
  address: string | undefined,
  { override = false }: DomainInput,
  api: DigitalOceanApi,
  { face, signal }: KeyWork,
): Promise<boolean> {
  const plans = planRecords(await api.listRecords(place.zone, signal), place, address);
  for (const line of previewLines(plans, address ?? NEW_ADDRESS)) face.say(line);
  if (!plans.some(isInTheWay)) return override;
  if (!override) await face.confirm(replaceQuestion(place.domain, plans));
  return true;
}

function isInTheWay({ conflicts }: NamePlan): boolean {
  return conflicts.length > 0;
}

async function showRecords(server: ServerEntry, domain: string, work: KeyWork): Promise<void> {
  const { face } = work;
  face.say(`${domain} is kept elsewhere. Make these records there:`);
  for (const line of recordLines(domain, server.ip)) face.say(line);
  // Any name below it stands for the wildcard.
  for (const name of [domain, `panel.${domain}`]) {
    try {
      const { a: found } = await work.resolveName(name);
      face.say(nameLine({ name, found, isRight: found.includes(server.ip) }));
    } catch (error) {
      face.say(nameLine({ name, found: [], isRight: false, failure: messageOf(error) }));
    }
  }
}
