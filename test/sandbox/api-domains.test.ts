import { afterEach, beforeEach, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { type CheckedAnswer, checkedApi } from './checked-api.js';

const TOKEN = SANDBOX_TOKENS.domains.token;
const RECORDS = '/v2/domains/example.com/records';

let sandbox: Sandbox;
type Call = (method: string, path: string, body?: unknown) => Promise<CheckedAnswer>;
let api: Call;
/** Calls with what DigitalOcean's document does not allow either. */
let wrong: Call;

beforeEach(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
  const checked = checkedApi(sandbox.url);
  api = (method, path, body) => checked(method, path, body, { token: TOKEN });
  wrong = (method, path, body) => checked(method, path, body, { token: TOKEN, badRequest: true });
});
afterEach(() => sandbox.close());

it('lists no domains at first, and asks for the scope of domains', async () => {
  expect((await api('GET', '/v2/domains')).body).toMatchObject({ domains: [], meta: { total: 0 } });
  const answer = await checkedApi(sandbox.url)('GET', '/v2/domains');
  expect(answer.status).toBe(403);
});

it('makes a zone with its name servers and the apex of an address, once', async () => {
  const made = await api('POST', '/v2/domains', { name: 'Example.com', ip_address: '203.0.113.9' });
  expect(made).toMatchObject({
    status: 201,
    body: { domain: { name: 'example.com', ttl: 1800, zone_file: null } },
  });
  const { domain_records: records = [] } = (await api('GET', RECORDS)).body;
  expect(records.map(({ type, name, data }) => `${type} ${name} ${data}`)).toEqual([
    'NS @ ns1.digitalocean.com',
    'NS @ ns2.digitalocean.com',
    'NS @ ns3.digitalocean.com',
    'A @ 203.0.113.9',
  ]);
  const zone = (await api('GET', '/v2/domains/example.com')).body.domain?.zone_file;
  expect(zone).toContain('example.com. IN SOA ns1.digitalocean.com.');
  expect(zone).toContain('example.com. 1800 IN A 203.0.113.9');
  expect((await api('POST', '/v2/domains', { name: 'example.com' })).status).toBe(422);
  expect((await api('DELETE', '/v2/domains/example.com')).status).toBe(204);
  expect((await api('GET', '/v2/domains/example.com')).status).toBe(404);
});

it('makes, filters, changes and deletes records, which its names follow', async () => {
  await api('POST', '/v2/domains', { name: 'example.com' });
  const lab = { type: 'A', name: 'lab', data: '203.0.113.7', ttl: 300 };
  const made = (await api('POST', RECORDS, lab)).body.domain_record!;
  expect(made).toMatchObject({ ...lab, priority: null, port: null, weight: null, tag: null });
  await api('POST', RECORDS, { ...lab, name: '*.lab' });
  await api('POST', RECORDS, { type: 'AAAA', name: 'lab', data: '2001:db8::7' });
  expect(sandbox.controls.findName('lab.example.com')).toEqual(['203.0.113.7']);
  expect(sandbox.controls.findName('panel.lab.example.com')).toEqual(['203.0.113.7']);
  expect(sandbox.controls.findName('example.com')).toEqual([]);

  const byName = (await api('GET', `${RECORDS}?name=lab.example.com`)).body.domain_records;
  expect(byName?.map(({ type }) => type)).toEqual(['A', 'AAAA']);
  expect((await api('GET', `${RECORDS}?type=AAAA`)).body.meta?.total).toBe(1);

  const path = `${RECORDS}/${made.id}`;
  await api('PATCH', path, { type: 'A', data: '203.0.113.8' });
  expect((await api('GET', path)).body.domain_record).toEqual({ ...made, data: '203.0.113.8' });
  await api('PUT', path, { type: 'A', ttl: 600 });
  expect(sandbox.controls.findName('lab.example.com')).toEqual(['203.0.113.8']);
  expect((await api('DELETE', path)).status).toBe(204);
  expect((await api('DELETE', path)).status).toBe(404);
  expect(sandbox.controls.findName('lab.example.com')).toEqual([]);
});

it.each([
  [{ type: 'A', name: 'lab', data: '2001:db8::7' }],
  [{ type: 'AAAA', name: 'lab', data: '203.0.113.7' }],
  [{ type: 'A', name: 'two words', data: '203.0.113.7' }],
  [{ type: 'HINFO', name: 'lab', data: 'x' }],
  [{ type: 'A', name: 'lab', data: '203.0.113.7', ttl: 1 }],
  [{ type: 'MX', name: '@', data: 'mail.example.com' }],
])('refuses the record %j', async (record) => {
  await api('POST', '/v2/domains', { name: 'example.com' });
  expect((await wrong('POST', RECORDS, record)).status).toBe(422);
  expect((await api('GET', RECORDS)).body.meta?.total).toBe(3);
});

it.each(['example', 'exa mple.com', '-a.com', ''])('refuses the domain %j', async (name) => {
  expect((await wrong('POST', '/v2/domains', { name })).status).toBe(422);
});
