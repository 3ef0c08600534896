import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { createDigitalOcean } from '../../../src/services/digitalocean/client.js';
import { makeRecords, takeBackRecords } from '../../../src/services/dns/server-records.js';
import type { RequestedDomain } from '../../../src/services/provisioning/journal/records.js';
import { readServerMeta } from '../../../src/services/registry/server-meta.js';
import { provisioningWorld } from '../../fixtures/provisioning.js';
import type { ProvisioningWorld } from '../../fixtures/provisioning-world.js';

const ZONE = 'example.com';
const DOMAIN = { name: 'lab.example.com', zone: ZONE };

async function withZone(
  domain: RequestedDomain = DOMAIN,
  options: Parameters<typeof provisioningWorld>[0] = {},
): Promise<ProvisioningWorld> {
  const token = SANDBOX_TOKENS.domains.token;
  const world = await provisioningWorld({ token, domain, ...options });
  await world.ports.api.createDomain(ZONE);
  return world;
}

/** `A lab 203.0.113.10`, without the zone's own. */
async function records({ ports }: ProvisioningWorld): Promise<readonly string[]> {
  const all = await ports.api.listRecords(ZONE);
  return all
    .filter(({ type }) => type !== 'NS')
    .map(({ type, name, data }) => `${type} ${name} ${data}`);
}

async function addressOf(world: ProvisioningWorld): Promise<string> {
  return (await world.output('wait_droplet')).ip;
}

const texts = async (world: ProvisioningWorld): Promise<string> =>
  (await world.records()).map((record) => ('text' in record ? record.text : '')).join('\n');

describe('the records of a domain', () => {
  it('are made for the name and everything below it, and are kept with the server', async () => {
    const world = await withZone({ ...DOMAIN, email: 'ops@example.com' });
    expect(await world.run()).toBe('succeeded');
    const ip = await addressOf(world);
    expect(await records(world)).toEqual([`A lab ${ip}`, `A *.lab ${ip}`]);
    expect((await world.ports.api.listRecords(ZONE)).at(-1)?.ttl).toBe(300);
    expect(await world.output('setup_dns')).toEqual({
      domain: 'lab.example.com',
      aRecordCreated: true,
      wildcardCreated: true,
    });
    const meta = await readServerMeta(world.home, world.request.serverId);
    expect(meta.dns).toMatchObject([{ domain: 'lab.example.com', zone: ZONE, address: ip }]);
    expect(meta.wish).toEqual({ domain: 'lab.example.com', email: 'ops@example.com' });
    expect(meta.dns?.[0]?.made.map(({ name }) => name)).toEqual(['lab', '*.lab']);
  });

  it('are those of the zone itself where no subdomain was asked for', async () => {
    const world = await withZone({ name: ZONE, zone: ZONE });
    await world.run();
    const ip = await addressOf(world);
    expect(await records(world)).toEqual([`A @ ${ip}`, `A * ${ip}`]);
  });

  it('that answer otherwise are left alone without a word to replace them', async () => {
    const world = await withZone();
    const { api } = world.ports;
    await api.createRecord(ZONE, { type: 'AAAA', name: 'lab', data: '2001:db8::1' });
    expect(await world.run()).toBe('succeeded');
    const ip = await addressOf(world);
    expect(await records(world)).toEqual(['AAAA lab 2001:db8::1', `A *.lab ${ip}`]);
    const output = await world.output('setup_dns');
    expect(output).toMatchObject({ aRecordCreated: false, wildcardCreated: true });
    expect(output.conflictWarning).toContain('lab.example.com was not changed: it points to AAAA');
  });

  const OLD = [
    { type: 'A', name: 'lab', data: '198.51.100.7', ttl: 600 },
    { type: 'A', name: 'lab', data: '198.51.100.8', ttl: 1800 },
    { type: 'AAAA', name: 'lab', data: '2001:db8::1', ttl: 1800 },
    { type: 'CNAME', name: '*.lab', data: 'old.example.com', ttl: 1800 },
    { type: 'TXT', name: 'lab', data: 'v=spf1 -all', ttl: 1800 },
  ];
  const asText = OLD.map(({ type, name, data }) => `${type} ${name} ${data}`);

  it('replace every other answer with the word to do so, and nothing else', async () => {
    const world = await withZone({ ...DOMAIN, override: true });
    for (const record of OLD) await world.ports.api.createRecord(ZONE, record);
    expect(await world.run()).toBe('succeeded');
    const ip = await addressOf(world);
    expect([...(await records(world))].sort()).toEqual(
      [`A lab ${ip}`, `A *.lab ${ip}`, 'TXT lab v=spf1 -all'].sort(),
    );
    const [facts] = (await readServerMeta(world.home, world.request.serverId)).dns ?? [];
    expect(facts?.replaced).toHaveLength(4);
  });

  it('go with a server that fails later, and what they replaced is there again', async () => {
    const world = await withZone({ ...DOMAIN, override: true });
    for (const record of OLD) await world.ports.api.createRecord(ZONE, record);
    world.sandbox.controls.addDropletFault({ kind: 'wrong-host-key' });
    expect(await world.run()).toBe('failed');
    const now = (await records(world)).map((text) => text.replace(/\.$/, ''));
    expect([...now].sort()).toEqual([...asText].sort());
    const [ttl] = (await world.ports.api.listRecords(ZONE)).filter(
      ({ data }) => data === '198.51.100.7',
    );
    expect(ttl?.ttl).toBe(600);
    expect((await world.operation()).leftovers).toEqual([]);
  });

  it('that were changed meanwhile are no longer ours, and stay', async () => {
    const world = await withZone();
    const { api } = world.ports;
    const none = {
      domain: DOMAIN.name,
      zone: ZONE,
      address: '203.0.113.77',
      made: [],
      replaced: [],
    };
    const { signal } = new AbortController();
    const keep = (): Promise<void> => Promise.resolve();
    const { facts } = await makeRecords(api, none, { override: false, keep, signal });
    await api.updateRecord(ZONE, facts.made[0]!.id!, { type: 'A', data: '198.51.100.9' });
    // Holds the same address, and was not made here.
    await api.createRecord(ZONE, { type: 'A', name: 'other', data: '203.0.113.77' });
    const done = await takeBackRecords(api, facts, { restore: true, signal });
    expect(done.removed).toEqual(['*.lab.example.com']);
    expect(done.changed).toMatchObject([{ name: 'lab', data: '198.51.100.9' }]);
    expect(await records(world)).toEqual(['A lab 198.51.100.9', 'A other 203.0.113.77']);
  });

  it('never cost the server: a failure is reported, and the zone is as it was', async () => {
    const world = await withZone({ ...DOMAIN, override: true });
    for (const record of OLD) await world.ports.api.createRecord(ZONE, record);
    world.sandbox.controls.addFault({
      kind: 'status',
      status: 422,
      match: { method: 'POST', path: '/v2/domains/example.com/records' },
      times: 1,
    });
    expect(await world.run()).toBe('succeeded');
    expect((await world.output('setup_dns')).warning).toMatch(/^DNS setup failed: /);
    const now = (await records(world)).map((text) => text.replace(/\.$/, ''));
    expect([...now].sort()).toEqual([...asText].sort());
    expect((await readServerMeta(world.home, world.request.serverId)).dns).toBeUndefined();
  });

  it('are made once after a lost answer', async () => {
    const world = await withZone();
    world.sandbox.controls.addFault({
      kind: 'status',
      status: 502,
      acts: true,
      match: { method: 'POST', path: '/v2/domains/example.com/records' },
      times: 1,
    });
    expect(await world.run()).toBe('succeeded');
    const ip = await addressOf(world);
    expect(await records(world)).toEqual([`A lab ${ip}`, `A *.lab ${ip}`]);
  });

  it('need the scopes of domains, which are named, and the server comes all the same', async () => {
    const world = await provisioningWorld({ domain: DOMAIN });
    expect(await world.run()).toBe('succeeded');
    expect(await texts(world)).toContain('DNS setup failed');
    expect((await world.output('setup_dns')).warning).toContain('domain:read');
  });

  it('of a domain managed elsewhere are shown', async () => {
    const world = await provisioningWorld({ domain: { name: 'lab.example.net' } });
    expect(await world.run()).toBe('succeeded');
    const ip = await addressOf(world);
    expect(await texts(world)).toContain(`lab.example.net 300 IN A ${ip}`);
    expect(await texts(world)).toContain(`*.lab.example.net 300 IN A ${ip}`);
  });

  describe('in a zone of another account', () => {
    async function elsewhere(hasToken: boolean): Promise<ProvisioningWorld> {
      const { token } = SANDBOX_TOKENS.warning;
      const world = await provisioningWorld({ token, domain: { ...DOMAIN, account: 'work' } });
      const dnsApi = createDigitalOcean({
        baseUrl: world.sandbox.url,
        token: SANDBOX_TOKENS.domains.token,
        clock: world.ports.clock,
      });
      await dnsApi.createDomain(ZONE);
      if (hasToken) Object.assign(world.ports, { dnsApi });
      return world;
    }

    it('are made with the token of that account, which is kept with them', async () => {
      const world = await elsewhere(true);
      expect(await world.run()).toBe('succeeded');
      const made = (await world.ports.dnsApi!.listRecords(ZONE)).filter(({ type }) => type === 'A');
      expect(made.map(({ name }) => name)).toEqual(['lab', '*.lab']);
      const { account, dns } = await readServerMeta(world.home, world.request.serverId);
      expect(dns?.[0]?.account?.team).toBeDefined();
      expect(dns?.[0]?.account?.team).not.toBe(account?.team);
    });

    it('are named as missing without a token of it, and the server comes nevertheless', async () => {
      const world = await elsewhere(false);
      expect(await world.run()).toBe('succeeded');
      expect((await world.output('setup_dns')).warning).toBe(
        'DNS setup failed: example.com is in the account work, and there is no token of that one here.',
      );
    });

    it('are left, and named with the way to remove them, by a clean-up without that token', async () => {
      const world = await elsewhere(true);
      world.sandbox.controls.addDropletFault({ kind: 'wrong-host-key' });
      const { dnsApi } = world.ports;
      const create = dnsApi!.createRecord.bind(dnsApi);
      Object.assign(dnsApi!, {
        createRecord: (...args: Parameters<typeof create>) => {
          Object.assign(world.ports, { dnsApi: undefined });
          return create(...args);
        },
      });
      expect(await world.run()).toBe('failed-with-leftovers');
      expect((await world.operation()).leftovers).toMatchObject([
        { kind: 'dns-records', removeBy: expect.stringContaining('lab.example.com') as string },
      ]);
      expect((await dnsApi!.listRecords(ZONE)).some(({ name }) => name === 'lab')).toBe(true);
    });
  });
});
