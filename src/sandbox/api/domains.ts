import { isIPv4, isIPv6 } from 'node:net';
import { type Domain, type DomainRecord, fullName } from '../world/domain.js';
import type { World } from '../world/world.js';
import {
  type Answer,
  type ApiRequest,
  paginate,
  sample,
  textIn,
  unprocessable,
  valueIn,
} from './answer.js';

/** Seconds (CONTRACT.md: default ttl). */
const TTL = 1800;
const NAME_SERVERS = ['ns1', 'ns2', 'ns3'].map((host) => `${host}.digitalocean.com`);
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const RECORD_NAME = /^(?:@|\*|(?:\*\.)?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?)$/i;
const TYPES = ['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SRV', 'TXT'];
const NUMBERS = ['priority', 'port', 'weight', 'flags'] as const;

export function listDomains({ team, query }: ApiRequest): Answer {
  const all = [...team.domains.values()].map(domainBody);
  const { items, links, meta } = paginate(all, '/v2/domains', query);
  return { status: 200, body: { domains: items, links, meta } };
}

/** The zone gets its name server records, and an A record at its apex for `ip_address`. */
export function createDomain({ world, team, body }: ApiRequest): Answer {
  const name = textIn(body, 'name')?.toLowerCase() ?? '';
  if (!DOMAIN.test(name)) throw unprocessable('Name is not a valid domain name.');
  // No two accounts have a zone of one name; DigitalOcean's own text is not known.
  if (world.allTeams.some(({ domains }) => domains.has(name)))
    throw unprocessable('Domain already exists.');
  const domain: Domain = { name, records: new Map() };
  for (const data of NAME_SERVERS) addRecord(world, domain, { type: 'NS', data });
  const address = textIn(body, 'ip_address');
  if (address !== undefined) addRecord(world, domain, { type: 'A', data: address });
  team.domains.set(name, domain);
  // The zone file comes with the next read only.
  return { status: 201, body: { domain: { ...domainBody(domain), zone_file: null } } };
}

export function getDomain(request: ApiRequest): Answer {
  return { status: 200, body: { domain: domainBody(requireDomain(request)) } };
}

export function deleteDomain(request: ApiRequest): Answer {
  request.team.domains.delete(requireDomain(request).name);
  return { status: 204 };
}

/** `name` filters by the full name. */
export function listRecords(request: ApiRequest): Answer {
  const domain = requireDomain(request);
  const { query } = request;
  const [name, type] = [query.get('name')?.toLowerCase(), query.get('type')];
  const found = [...domain.records.values()].filter(
    (record) =>
      (name === undefined || fullName(domain, record) === name) &&
      (type === null || record.type === type),
  );
  const path = `/v2/domains/${domain.name}/records`;
  const { items, links, meta } = paginate(found, path, query);
  return { status: 200, body: { domain_records: items, links, meta } };
}

export function createRecord(request: ApiRequest): Answer {
  const domain = requireDomain(request);
  const record = addRecord(request.world, domain, request.body);
  return { status: 201, body: { domain_record: record } };
}

export function getRecord(request: ApiRequest): Answer {
  return { status: 200, body: { domain_record: requireRecord(request) } };
}

/** Changes the given fields (PATCH and PUT alike). */
export function updateRecord(request: ApiRequest): Answer {
  const record = requireRecord(request);
  const changed = { id: record.id, ...readRecord({ ...record, ...(request.body as object) }) };
  requireDomain(request).records.set(record.id, changed);
  return { status: 200, body: { domain_record: changed } };
}

export function deleteRecord(request: ApiRequest): Answer {
  requireDomain(request).records.delete(requireRecord(request).id);
  return { status: 204 };
}

function addRecord(world: World, domain: Domain, body: unknown): DomainRecord {
  const fields = readRecord(body);
  const record = { id: world.takeRecordId(), ...fields };
  domain.records.set(record.id, record);
  return record;
}

/** Reads the fields of a record; unused ones are null (contract). */
function readRecord(body: unknown): Omit<DomainRecord, 'id'> {
  const [type = '', name = '@', data = ''] = ['type', 'name', 'data'].map((key) =>
    textIn(body, key),
  );
  if (!TYPES.includes(type)) throw unprocessable('Type is not a valid record type.');
  if (!RECORD_NAME.test(name)) throw unprocessable('Name contains invalid characters.');
  const fits = type === 'A' ? isIPv4(data) : type === 'AAAA' ? isIPv6(data) : data !== '';
  if (!fits) throw unprocessable(`Data needs to be set to a valid value for ${type} records.`);
  const ttl = valueIn(body, 'ttl') ?? TTL;
  if (!isCount(ttl) || ttl < 30) throw unprocessable('TTL needs to be 30 or more.');
  const numbers = NUMBERS.map((key) => [key, valueIn(body, key) ?? null] as const);
  if (type === 'MX' && numbers[0]?.[1] === null) throw unprocessable('Priority is required.');
  const wrong = numbers.find(([, value]) => value !== null && !isCount(value));
  if (wrong !== undefined) throw unprocessable(`${wrong[0]} is not a number.`);
  const rest = Object.fromEntries(numbers) as Record<(typeof NUMBERS)[number], number | null>;
  return { type, name: name.toLowerCase(), data, ttl, ...rest, tag: textIn(body, 'tag') ?? null };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function requireDomain({ team, parameters }: ApiRequest): Domain {
  const domain = team.domains.get(parameters['domain_name']?.toLowerCase() ?? '');
  if (domain === undefined) throw sample('error-404');
  return domain;
}

function requireRecord(request: ApiRequest): DomainRecord {
  const record = requireDomain(request).records.get(Number(request.parameters['domain_record_id']));
  if (record === undefined) throw sample('error-404');
  return record;
}

function domainBody(domain: Domain): { name: string; ttl: number; zone_file: string | null } {
  const { name } = domain;
  const soa = `${name}. IN SOA ns1.digitalocean.com. hostmaster.${name}. 1 10800 3600 604800 ${TTL}`;
  const records = Array.from(domain.records.values(), (record) => {
    const target = ['CNAME', 'MX', 'NS'].includes(record.type) ? `${record.data}.` : record.data;
    return `${fullName(domain, record)}. ${record.ttl} IN ${record.type} ${target}`;
  });
  const zone = [`$ORIGIN ${name}.`, `$TTL ${TTL}`, soa, ...records].join('\n');
  return { name, ttl: TTL, zone_file: `${zone}\n` };
}
