import { requireDomain, requireEmail } from '../core/domain.js';
import { InputError, messageOf } from '../core/errors.js';
import { ApiError } from '../services/digitalocean/api-error.js';
import type { DigitalOceanApi, Domain } from '../services/digitalocean/api.js';
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
import { unaskedLine } from '../words/accounts.js';
import type { UnaskedAccount } from '../services/provisioning/droplets/unlisted.js';
import {
  ofAccount,
  openAccounts,
  type OpenAccount,
  openServer,
  rememberedOf,
} from './open-accounts.js';
import { requireServer } from './servers.js';
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
  const email = input.email === undefined ? {} : { email: requireEmail(input.email) };
  const [own, ...others] = await openAccounts(work);
  const found = await findZone(wish, own!, others, work);
  if (found === undefined) {
    work.face.say(
      `${name} is managed elsewhere: the records to create are shown with the server’s address.`,
    );
    return { name, ...email };
  }
  const { zone, home } = found;
  const isAgreed = await agreeOnRecords({ domain: name, zone }, undefined, input, home.api, work);
  const account = home === own ? {} : { account: home.name };
  return { name, zone, ...account, ...(isAgreed ? { override: true } : {}), ...email };
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
  const accounts = await openAccounts(work);
  const isCloud = dropletIdOf(server) !== undefined;
  const own = isCloud ? await openServer(server, work) : accounts[0]!;
  const others = accounts.filter(({ name }) => name !== own.name);
  const found = await findZone(wish, own, others, work);
  let records: DomainSet['records'] = 'to-be-made';
  if (found === undefined) await showRecords(server, domain, work);
  else {
    const { zone, home } = found;
    const { api } = home;
    const isAgreed = await agreeOnRecords({ domain, zone }, server.ip, input, api, work);
    const { dns = [] } = await work.readServerMeta(server.id);
    // Remembered, so that the records go with the server when that is destroyed.
    const isOwn = isCloud && home === own;
    const account = isOwn ? undefined : rememberedOf(await api.getAccount(signal));
    const isThis = (facts: DnsFacts): boolean =>
      facts.domain === domain && facts.zone === zone && facts.address === server.ip;
    const others = dns.filter((facts) => !isThis(facts));
    const none = { domain, zone, account, address: server.ip, made: [], replaced: [] };
    const keep = (facts: DnsFacts): Promise<void> =>
      work.changeServerMeta(server.id, { dns: [...others, facts] });
    const options = { override: isAgreed, keep, signal };
    const { conflicts } = await makeRecords(api, dns.find(isThis) ?? none, options);
    records = conflicts.length === 0 ? 'made' : 'left-alone';
    for (const { fullName } of conflicts) face.say(`${fullName} was left alone.`, 'warn');
    if (conflicts.length === 0) face.say(`${domain} and *.${domain} lead to ${server.ip}.`, 'ok');
  }
  await keepWish(server, domain, input.email, work);
  face.say({ command: 'servers.onboard', id: serverName(server) }, 'advice');
  return { server, domain, records };
}

/** The set-up begins with these. An e-mail that was given before stays with its domain. */
async function keepWish(
  { id }: ServerEntry,
  domain: string,
  given: string | undefined,
  work: KeyWork,
): Promise<void> {
  const { wish } = await work.readServerMeta(id);
  const email = given?.trim() ?? (wish?.domain === domain ? wish.email : undefined);
  await work.changeServerMeta(id, { wish: { domain, ...(email === undefined ? {} : { email }) } });
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

/** A domain of one of the accounts, with the name of that where there are several. */
export interface ListedZone extends Domain {
  readonly account: string | undefined;
}

/** Domains of all accounts, the current one first. One that cannot be asked is named; where there are none it rejects. */
export async function listZones(work: KeyWork): Promise<readonly ListedZone[]> {
  const accounts = await openAccounts(work);
  const isOne = accounts.length === 1;
  const failures: UnaskedAccount[] = [];
  const lists = accounts.map(async ({ name, api }) => {
    try {
      const zones = await api.listDomains(work.signal);
      return zones.map((zone) => ({ ...zone, account: isOne ? undefined : name }));
    } catch (error) {
      work.signal.throwIfAborted();
      failures.push({ name, error });
      return [];
    }
  });
  const all = (await Promise.all(lists)).flat();
  const [failure] = failures;
  if (all.length === 0 && failure !== undefined)
    throw isOne ? failure.error : ofAccount(failure, failure.error);
  for (const each of failures)
    if (!lacksScope(each.error)) work.face.say(unaskedLine(each), 'warn');
  // Two tokens may be of one account.
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

/** A zone that the records belong in, and the account that has it. */
interface ZoneHome {
  readonly zone: string;
  readonly home: OpenAccount;
}

/**
 * The zone that the records belong in: the server's own account goes before the others. Undefined for a domain that is kept
 * elsewhere. One that was asked for and is nowhere is added to the own account once that is agreed to.
 */
async function findZone(
  wish: Wish,
  own: OpenAccount,
  others: readonly OpenAccount[],
  work: KeyWork,
): Promise<ZoneHome | undefined> {
  const { face } = work;
  const { zone } = wish;
  let refusal: ApiError | undefined;
  let found: ZoneHome | undefined;
  try {
    found = await zoneIn(own, wish, work);
  } catch (error) {
    if (!lacksScope(error)) throw error;
    refusal = error;
  }
  found ??= await zoneAmong(others, wish, work);
  if (found === undefined && refusal !== undefined) {
    if (zone !== undefined) throw scopesMissing(refusal);
    face.say('The token lacks the scope domain:read, so DigitalOcean’s domains are not used.');
    return undefined;
  }
  if (found === undefined && zone !== undefined) {
    await addZone(zone, own.api, work);
    found = { zone, home: own };
  }
  if (found === undefined) return undefined;
  if (found.home !== own) face.say(`${found.zone} is in the account ${found.home.name}.`);
  await sayDelegation(found.zone, work);
  return found;
}

async function zoneIn(
  home: OpenAccount,
  { name, zone }: Wish,
  { signal }: KeyWork,
): Promise<ZoneHome | undefined> {
  const zones = (await home.api.listDomains(signal)).map((each) => each.name.toLowerCase());
  const found = zone === undefined ? zoneOf(name, zones) : zones.find((each) => each === zone);
  return found === undefined ? undefined : { zone: found, home };
}

/** One that cannot be asked is named, and does not end the search. */
async function zoneAmong(
  accounts: readonly OpenAccount[],
  wish: Wish,
  work: KeyWork,
): Promise<ZoneHome | undefined> {
  for (const account of accounts) {
    try {
      const found = await zoneIn(account, wish, work);
      if (found !== undefined) return found;
    } catch (error) {
      work.signal.throwIfAborted();
      if (lacksScope(error)) continue;
      work.face.say(unaskedLine({ name: account.name, error }), 'warn');
    }
  }
  return undefined;
}

function lacksScope(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === 'scope-missing';
}

function scopesMissing(cause: ApiError): InputError {
  return new InputError({
    code: 'scope-missing',
    message: 'The token lacks the scope domain:read.',
    hint: 'Create a token with the group domain as well (domain:create, domain:read, domain:update, domain:delete), or give --domain alone for a domain that is managed elsewhere.',
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
  face.say(`${domain} is managed elsewhere. Create these records there:`);
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
