import { requireDomain, requireEmail } from '../core/domain.js';
import { InputError, messageOf } from '../core/errors.js';
import { ApiError } from '../services/digitalocean/api-error.js';
import type { DigitalOceanApi, Domain } from '../services/digitalocean/api.js';
import {
  type DnsFacts,
  fitsRecord,
  makeRecords,
  nameInZone,
  type NamePlan,
  planRecords,
  zoneOf,
  zonesFor,
} from '../services/dns/server-records.js';
import type { RequestedDomain } from '../services/provisioning/journal/records.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import {
  addZoneQuestion,
  createQuestion,
  type Holders,
  NEW_ADDRESS,
  notDelegatedText,
  previewLines,
  recordsNotMadeText,
  replaceQuestion,
  zoneAddedLines,
  zoneQuestion,
} from '../words/dns.js';
import { nameLine, recordLines } from '../words/onboarding.js';
import type { Confirmation } from '../words/question.js';
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
import { Declined, type Face } from './face.js';
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
  /** Asks for the domain of the accounts where several fit, and before records are made that are in nothing's way. */
  readonly asks?: Pick<Face, 'choose'> | undefined;
  /** Saves listing domains that were listed before. */
  readonly lists?: ZoneLists | undefined;
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
  const found = await findZone(wish, [own!, ...others], input, work);
  if (found === undefined) {
    work.face.say(
      `${name} is managed elsewhere: the records to create are shown with the server’s address.`,
    );
    return { name, ...email };
  }
  const { zone, home } = found;
  const place = { domain: name, zone };
  const isAgreed = await agreeOnRecords(place, undefined, input, home.api, work);
  const account = home === own ? {} : { account: home.name };
  return { name, zone, ...account, ...(isAgreed ? { override: true } : {}), ...email };
}

/**
 * Points a domain to an existing server, and keeps the records it made. One kept elsewhere is looked up, and its
 * records are shown. Can be repeated.
 */
export async function setServerDomain(
  wanted: string,
  input: DomainInput,
  work: KeyWork,
): Promise<DomainSet> {
  const wish = requireWish(input);
  const server = await requireServer(work, wanted);
  const { name: domain } = wish;
  const records = (await leadDomain(server, wish, input, work)) ?? 'to-be-made';
  if (records === 'to-be-made') await showRecords(server, domain, work);
  await keepWish(server, domain, input.email, work);
  work.face.say({ command: 'servers.onboard', id: serverName(server) }, 'advice');
  return { server, domain, records };
}

/** Throws InputError. */
function requireWish(input: DomainInput): Wish {
  const wish = wishOf(input);
  if (wish === undefined) throw domainMissing();
  return wish;
}

/**
 * Makes the records of a domain on the way through its set-up. A failure is said and costs only that: the set-up shows
 * the records that it waits for. Throws Declined.
 */
export async function leadDomainOnTheWay(
  server: ServerEntry,
  input: DomainInput,
  work: KeyWork,
): Promise<void> {
  const { face, signal } = work;
  const wish = requireWish(input);
  const { lists = new Map() as ZoneLists } = input;
  const isHere = async (): Promise<boolean> =>
    zoneOf(
      wish.name,
      (await listZones(work, lists)).map(({ name }) => name.toLowerCase()),
    ) !== undefined;
  try {
    // Looked for first: a server that is in no account here needs none.
    if (wish.zone === undefined && !(await isHere())) {
      // A domain may have been added since the form was opened.
      lists.clear();
      if (input.lists === undefined || !(await isHere())) return;
    }
    await leadDomain(server, wish, { ...input, lists }, work);
  } catch (error) {
    if (signal.aborted || error instanceof Declined || wish.zone !== undefined) throw error;
    const isSpare = error instanceof InputError && error.code === 'token-missing';
    if (!isSpare && !lacksScope(error)) face.say(recordsNotMadeText(messageOf(error)), 'warn');
  }
}

/** Undefined for a domain that is kept elsewhere. InputError where no record could point to the server. */
async function leadDomain(
  server: ServerEntry,
  wish: Wish,
  input: DomainInput,
  work: KeyWork,
): Promise<'made' | 'left-alone' | undefined> {
  const { face, signal } = work;
  const { name: domain } = wish;
  if (!fitsRecord(server.ip)) throw addressMissing(server);
  const accounts = await openAccounts(work);
  const isCloud = dropletIdOf(server) !== undefined;
  const own = isCloud ? await openServer(server, work) : accounts[0]!;
  const others = accounts.filter(({ name }) => name !== own.name);
  const found = await findZone(wish, [own, ...others], input, work);
  if (found === undefined) return undefined;
  const { zone, home } = found;
  const { api } = home;
  const isAgreed = await agreeOnRecords({ domain, zone }, server, input, api, work);
  const { dns = [] } = await work.readServerMeta(server.id);
  // Remembered, so that the records go with the server when that is destroyed.
  const isOwn = isCloud && home === own;
  const account = isOwn ? undefined : rememberedOf(await api.getAccount(signal));
  const isThis = (facts: DnsFacts): boolean =>
    facts.domain === domain && facts.zone === zone && facts.address === server.ip;
  const none = { domain, zone, account, address: server.ip, made: [], replaced: [] };
  const keep = (facts: DnsFacts): Promise<void> =>
    work.changeServerMeta(server.id, ({ dns = [] }) => ({
      dns: [...dns.filter((each) => !isThis(each)), facts],
    }));
  const options = { override: isAgreed, keep, signal };
  const { conflicts } = await makeRecords(api, dns.find(isThis) ?? none, options);
  for (const { fullName } of conflicts) face.say(`${fullName} was not changed.`, 'warn');
  if (conflicts.length > 0) return 'left-alone';
  face.say(`${domain} and *.${domain} point to ${server.ip}.`, 'ok');
  return 'made';
}

/** The set-up begins with these. An e-mail that was given before stays with its domain. */
async function keepWish(
  { id }: ServerEntry,
  domain: string,
  given: string | undefined,
  work: KeyWork,
): Promise<void> {
  await work.changeServerMeta(id, ({ wish }) => {
    const email = given?.trim() ?? (wish?.domain === domain ? wish.email : undefined);
    return { wish: { domain, ...(email === undefined ? {} : { email }) } };
  });
}

/** The domain that is asked for in whatever way; undefined for none. Throws InputError for what does not fit together. */
export function wishOf({ domain, email, zone, subdomain }: DomainInput): Wish | undefined {
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
    message: 'Which domain should point to the server?',
    hint: 'Add --domain, for example --domain lab.example.com, or --do-domain with --do-subdomain.',
  });
}

function addressMissing({ label }: ServerEntry): InputError {
  return new InputError({
    code: 'address-missing',
    message: `The IPv4 address of ${label} is not known here, so no record can point to it.`,
    hint: 'No record was changed. Change the address of its panel to one that answers over IPv4.',
  });
}

/** A domain of one of the accounts, with the name of that where there are several. */
export interface ListedZone extends Domain {
  readonly account: string | undefined;
}

/** Domains of all accounts, the current one first. One that cannot be asked is named; where there are none it rejects. */
export async function listZones(work: KeyWork, known?: ZoneLists): Promise<readonly ListedZone[]> {
  const accounts = await openAccounts(work);
  const isOne = accounts.length === 1;
  const failures: UnaskedAccount[] = [];
  const lists = accounts.map(async (account) => {
    const { name } = account;
    try {
      const zones = await domainsOf(account, known, work);
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

/** Domains by the account's name, as they were listed before. */
export type ZoneLists = Map<string, readonly Domain[]>;

async function domainsOf(
  { name, api }: OpenAccount,
  lists: ZoneLists | undefined,
  { signal }: Pick<KeyWork, 'signal'>,
): Promise<readonly Domain[]> {
  const list = lists?.get(name) ?? (await api.listDomains(signal));
  lists?.set(name, list);
  return list;
}

/** A zone that the records belong in, and the account that has it. */
interface ZoneHome {
  readonly zone: string;
  readonly home: OpenAccount;
}

/**
 * The zone that the records belong in: the first account, which is the server's own, goes before the others. Undefined for
 * a domain that is kept elsewhere. One that was asked for and is nowhere is added to the own account once that is agreed to.
 */
async function findZone(
  wish: Wish,
  [own, ...others]: readonly OpenAccount[],
  { asks, lists }: DomainInput,
  work: KeyWork,
): Promise<ZoneHome | undefined> {
  const { face } = work;
  const { zone } = wish;
  let refusal: ApiError | undefined;
  let fitting: readonly ZoneHome[] = [];
  try {
    fitting = await zonesIn(own!, wish, lists, work);
  } catch (error) {
    if (!lacksScope(error)) throw error;
    refusal = error;
  }
  if (asks !== undefined || fitting.length === 0)
    fitting = [...fitting, ...(await zonesAmong(others, wish, lists, work))];
  let [found] = asks === undefined ? fitting : [await chooseZone(wish, fitting, asks)];
  if (found === undefined && refusal !== undefined) {
    if (zone !== undefined) throw scopesMissing(refusal);
    face.say('The token lacks the scope domain:read, so DigitalOcean’s domains are not used.');
    return undefined;
  }
  if (found === undefined && zone !== undefined) {
    await addZone(zone, own!.api, work);
    found = { zone, home: own! };
  }
  if (found === undefined) return undefined;
  if (found.home !== own) face.say(`${found.zone} is in the account ${found.home.name}.`);
  await sayDelegation(found.zone, work);
  return found;
}

/** Asks where several fit. Two tokens may be of one account, and a domain is in one account only. */
async function chooseZone(
  { name }: Wish,
  fitting: readonly ZoneHome[],
  face: Pick<Face, 'choose'>,
): Promise<ZoneHome | undefined> {
  const all = fitting.filter(
    ({ zone }, at) => fitting.findIndex((one) => one.zone === zone) === at,
  );
  if (all.length < 2) return all[0];
  const zones = all.map((value) => ({ zone: value.zone, account: value.home.name, value }));
  return await face.choose(zoneQuestion(name, zones));
}

/** Domains of an account that the records fit in, the longest first. */
async function zonesIn(
  home: OpenAccount,
  { name, zone }: Wish,
  lists: ZoneLists | undefined,
  work: KeyWork,
): Promise<readonly ZoneHome[]> {
  const zones = (await domainsOf(home, lists, work)).map((each) => each.name.toLowerCase());
  const fitting =
    zone === undefined ? zonesFor(name, zones) : zones.filter((each) => each === zone);
  return fitting.map((each) => ({ zone: each, home }));
}

/** One that cannot be asked is named, and does not end the search. */
async function zonesAmong(
  accounts: readonly OpenAccount[],
  wish: Wish,
  lists: ZoneLists | undefined,
  work: KeyWork,
): Promise<readonly ZoneHome[]> {
  const found: ZoneHome[] = [];
  for (const account of accounts) {
    try {
      found.push(...(await zonesIn(account, wish, lists, work)));
    } catch (error) {
      work.signal.throwIfAborted();
      if (lacksScope(error)) continue;
      work.face.say(unaskedLine({ name: account.name, error }), 'warn');
    }
  }
  return found;
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

/** True when records in the way shall be replaced. `server`: undefined for a new one. Throws Declined. */
async function agreeOnRecords(
  place: Pick<DnsFacts, 'domain' | 'zone'>,
  server: ServerEntry | undefined,
  { override = false, asks }: DomainInput,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<boolean> {
  const { face, signal } = work;
  const { domain, zone } = place;
  const plans = planRecords(await api.listRecords(zone, signal), place, server?.ip);
  const isBlocked = plans.some(isInTheWay);
  const holders = isBlocked ? await findHolders(plans, server, api, work) : undefined;
  const preview = previewLines(plans, server?.ip ?? NEW_ADDRESS, holders);
  const shown = { holders, ...(asks === undefined ? {} : { preview }) };
  let question: Confirmation | undefined;
  if (isBlocked && !override) question = replaceQuestion(domain, plans, shown);
  else if (!isBlocked && asks !== undefined && plans.some(({ isRight }) => !isRight))
    question = createQuestion(domain, preview);
  // The question of whoever asks shows them.
  if (asks === undefined || question === undefined) for (const line of preview) face.say(line);
  if (question !== undefined) await face.confirm(question);
  return isBlocked || override;
}

/** Names the other machines of the person that records in the way lead to. */
async function findHolders(
  plans: readonly NamePlan[],
  server: ServerEntry | undefined,
  api: DigitalOceanApi,
  { registry, signal }: KeyWork,
): Promise<Holders> {
  const servers = (await registry.list()).filter(({ id }) => id !== server?.id);
  const holders = new Map(servers.map((each) => [each.ip, `server ${serverName(each)}`]));
  const addresses = plans.flatMap(({ conflicts }) => conflicts.map(({ data }) => data));
  if (addresses.every((address) => holders.has(address))) return holders;
  try {
    for (const { name, publicIpv4 } of await api.listDroplets(undefined, signal))
      if (publicIpv4 !== undefined && publicIpv4 !== server?.ip && !holders.has(publicIpv4))
        holders.set(publicIpv4, `droplet ${name}`);
  } catch {
    // A name is help only: the address is shown in any case.
    signal.throwIfAborted();
  }
  return holders;
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
