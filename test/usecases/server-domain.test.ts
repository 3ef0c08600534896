import { describe, expect, it } from 'vitest';
import { isUpkeep } from '../../src/services/provisioning/journal/records.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import type { DnsRecord } from '../../src/services/digitalocean/api.js';
import { createServer } from '../../src/usecases/create-server.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { listZones, setServerDomain } from '../../src/usecases/server-domain.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, emptyAccount } from '../app/fakes/fake-world.js';
import { TOKEN_KEY, tokenKey } from '../../src/services/keystore/keystore.js';
import { forgetToken } from '../../src/usecases/token.js';
import { adoptDroplet } from '../../src/usecases/adopt-droplet.js';
import { cleanUpOperation, resumeOperation } from '../../src/usecases/operations.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const ZONE = 'example.com';
const TOKEN = { suppliedTokens: { environment: SANDBOX_TOKENS.domains.token } };
const OTHER: DnsRecord = { id: 7, type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };
const IPV6: DnsRecord = { id: 8, type: 'AAAA', name: '*.lab', data: '2001:db8::1' };

function withZone(records: readonly DnsRecord[], ...answers: readonly Answer[]): TestWork {
  const test = testWork({ ...TOKEN, servers: [EDGE] }, ...answers);
  test.world.account.zones.set(ZONE, [...records]);
  test.world.account.droplets.set(Number(EDGE.providerId), dropletOf(EDGE));
  return test;
}

const create = (test: TestWork, domain: object): Promise<string> =>
  createServer({ region: 'fra1', label: 'lab', domain }, test.work);

const zone = ({ world }: TestWork): readonly string[] =>
  (world.account.zones.get(ZONE) ?? []).map(({ type, name, data }) => `${type} ${name} ${data}`);

async function requested(test: TestWork, id: string): Promise<unknown> {
  const request = (await test.world.operations.get(id))?.request;
  return request === undefined || isUpkeep(request) ? undefined : request.domain;
}

describe('the domain of a new server', () => {
  it('is not needed', async () => {
    const test = withZone([]);
    expect(await requested(test, await create(test, {}))).toBeUndefined();
  });

  it.each([
    [{ domain: 'lab.example.com' }, { name: 'lab.example.com', zone: ZONE }],
    [
      { domain: 'Example.com', email: 'ops@example.com' },
      { name: ZONE, zone: ZONE, email: 'ops@example.com' },
    ],
    [
      { zone: ZONE, subdomain: 'lab' },
      { name: 'lab.example.com', zone: ZONE },
    ],
    [{ zone: ZONE }, { name: ZONE, zone: ZONE }],
    [{ domain: 'lab.example.net' }, { name: 'lab.example.net' }],
    [{ domain: 'a.lab.example.com' }, { name: 'a.lab.example.com' }],
  ])('is found in the account by %j', async (input, expected) => {
    const test = withZone([]);
    expect(await requested(test, await create(test, input))).toEqual(expected);
    expect(zone(test)).toEqual([]);
  });

  it.each([
    [{ zone: ZONE, subdomain: 'a.b' }, 'domain-mismatch'],
    [{ zone: ZONE, domain: 'lab.example.net' }, 'domain-mismatch'],
    [{ subdomain: 'lab' }, 'domain-missing'],
    [{ email: 'ops@example.com' }, 'domain-missing'],
    [{ domain: 'lab' }, 'domain-invalid'],
    [{ domain: 'lab.example.com', email: 'ops' }, 'email-invalid'],
  ])('is refused when it does not fit: %j', async (input, code) => {
    const test = withZone([]);
    await expect(create(test, input)).rejects.toMatchObject({ code });
    expect(test.world.operations.calls).toEqual([]);
  });

  it('shows every record, and replaces others only once the domain is typed', async () => {
    const typed = { confirm: 'Replace the records of lab.example.com?', typed: 'lab.example.com' };
    const test = withZone([OTHER, IPV6], typed);
    const id = await create(test, { domain: 'lab.example.com' });
    expect(await requested(test, id)).toMatchObject({ override: true });
    expect(test.face.said).toEqual([
      'A  lab.example.com  the new server  TTL 300  (now: A 198.51.100.7)',
      'A  *.lab.example.com  the new server  TTL 300  (now: AAAA 2001:db8::1)',
    ]);
    expect(zone(test)).toHaveLength(2);
    test.face.finish();
  });

  it('begins nothing when the replacement is declined', async () => {
    const test = withZone([OTHER], { confirm: /Replace/, agree: false });
    await expect(create(test, { domain: 'lab.example.com' })).rejects.toThrow('Declined');
    expect(test.world.operations.calls).toEqual([]);
  });

  it('asks nothing when the replacement was asked for', async () => {
    const test = withZone([OTHER]);
    const id = await create(test, { domain: 'lab.example.com', override: true });
    expect(await requested(test, id)).toMatchObject({ override: true });
  });

  it('adds a missing domain to the account once that is agreed to, with its name servers', async () => {
    const test = withZone([], { confirm: 'Add example.org to DigitalOcean?' });
    test.world.nameServers = ['ns.elsewhere.example'];
    const id = await create(test, { zone: 'example.org', subdomain: 'lab' });
    expect(await requested(test, id)).toEqual({ name: 'lab.example.org', zone: 'example.org' });
    expect(test.world.account.zones.has('example.org')).toBe(true);
    const said = test.face.said.join('\n');
    expect(said).toContain('ns1.digitalocean.com');
    expect(said).toContain('is not delegated to DigitalOcean yet (name servers: now ns.elsewhere.');
    test.face.finish();
  });

  it('adds nothing to the account when that is declined', async () => {
    const test = withZone([], { confirm: 'Add example.org to DigitalOcean?', agree: false });
    const wanted = { zone: 'example.org', subdomain: 'lab' };
    await expect(create(test, wanted)).rejects.toThrow('Declined');
    expect(test.world.account.zones.has('example.org')).toBe(false);
    test.face.finish();
  });

  it('names the scopes that are missing, or leaves the records to the person', async () => {
    const suppliedTokens = { environment: SANDBOX_TOKENS.good.token };
    const test = testWork({ suppliedTokens });
    await expect(create(test, { zone: ZONE })).rejects.toMatchObject({
      code: 'scope-missing',
      message: 'The token lacks the scope domain:read.',
    });
    const id = await create(test, { domain: 'lab.example.com' });
    expect(await requested(test, id)).toEqual({ name: 'lab.example.com' });
    expect(test.face.said.join(' ')).toContain('domain:read');
  });
});

describe('the domain of a server', () => {
  const DOMAIN = { domain: 'lab.example.com' };
  const OURS = [`A lab ${EDGE.ip}`, `A *.lab ${EDGE.ip}`];

  it('gets its records, which go when the server is destroyed, and no others', async () => {
    const mine = { ...OTHER, name: 'shop', data: EDGE.ip };
    const test = withZone(
      [mine],
      { confirm: `Destroy ${EDGE.label}?`, typed: EDGE.label },
      { confirm: `Remove the DNS records of ${EDGE.label} too?` },
    );
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    expect(zone(test)).toEqual([`A shop ${EDGE.ip}`, ...OURS]);
    // A second time changes nothing.
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    expect(zone(test)).toEqual([`A shop ${EDGE.ip}`, ...OURS]);
    await destroyServer(EDGE.label, test.work);
    expect(zone(test)).toEqual([`A shop ${EDGE.ip}`]);
    expect(test.face.shown).toEqual(
      expect.arrayContaining(['  A lab.example.com', '  A *.lab.example.com']),
    );
    test.face.finish();
  });

  it.each(['', '2001:db8::7'])('touches no record for the address %j', async (ip) => {
    const test = withZone([{ ...OTHER, type: 'CNAME' }]);
    await test.world.registry.save({ ...EDGE, ip });
    const set = setServerDomain(EDGE.label, { ...DOMAIN, override: true }, test.work);
    await expect(set).rejects.toMatchObject({ code: 'address-missing' });
    expect(zone(test)).toEqual([`CNAME lab ${OTHER.data}`]);
  });

  it('keeps a record that was changed since, and names it', async () => {
    const test = withZone(
      [],
      { confirm: /Destroy/, typed: 'box' },
      { confirm: 'Remove the DNS records of box too?' },
    );
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    const [first] = test.world.account.zones.get(ZONE)!;
    test.world.account.zones.get(ZONE)![0] = { ...first!, data: '198.51.100.9' };
    // Under another name meanwhile.
    await test.world.registry.save({ ...EDGE, label: 'box' });
    await destroyServer('box', test.work);
    expect(zone(test)).toEqual(['A lab 198.51.100.9']);
    expect(test.face.said.join(' ')).toContain('has since changed to A 198.51.100.9, and stays');
  });

  it('goes with no server that is removed from the list during the question about it', async () => {
    const test: TestWork = withZone(
      [],
      { confirm: /Destroy/, typed: EDGE.label },
      {
        confirm: /Remove the DNS records/,
        meanwhile: () => test.world.registry.changeFromOutside([]),
      },
    );
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    const destroyed = destroyServer(EDGE.label, test.work);
    await expect(destroyed).rejects.toMatchObject({ code: 'server-unknown' });
    expect(test.world.account.droplets.size).toBe(1);
    expect(zone(test)).toEqual(OURS);
  });

  it('keeps the records when that is wanted', async () => {
    const test = withZone(
      [],
      { confirm: /Destroy/, typed: EDGE.label },
      { confirm: /Remove the DNS records/, agree: false },
    );
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    await destroyServer(EDGE.label, test.work);
    expect(zone(test)).toEqual(OURS);
    expect(await test.world.registry.list()).toEqual([]);
  });

  it('is kept with the e-mail of its certificates, for the set-up', async () => {
    const test = withZone([]);
    const wish = async () => (await test.work.readServerMeta(EDGE.id)).wish;
    await setServerDomain(EDGE.label, { ...DOMAIN, email: 'ops@example.com' }, test.work);
    expect(await wish()).toEqual({ ...DOMAIN, email: 'ops@example.com' });
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    expect(await wish()).toEqual({ ...DOMAIN, email: 'ops@example.com' });
    await setServerDomain(EDGE.label, { domain: 'shop.example.com' }, test.work);
    expect(await wish()).toEqual({ domain: 'shop.example.com' });
  });

  it('that leads to another server or droplet of the person names that before it is taken', async () => {
    const other = { ...EDGE, id: 'other', label: 'lab-2', ip: OTHER.data, active: false };
    const droplet = { ...dropletOf(EDGE), id: 99, name: 'web', publicIpv4: '198.51.100.8' };
    const wildcard = { ...OTHER, id: 9, name: '*.lab', data: '198.51.100.8' };
    const typed = { confirm: 'Replace the records of lab.example.com?', typed: 'lab.example.com' };
    const test = withZone([OTHER, wildcard], typed);
    test.world.registry.changeFromOutside([EDGE, other]);
    test.world.addDroplet(droplet);
    await setServerDomain(EDGE.label, DOMAIN, test.work);
    expect(test.face.said.slice(0, 2)).toEqual([
      `A  lab.example.com  ${EDGE.ip}  TTL 300  (now: A 198.51.100.7, server lab-2)`,
      `A  *.lab.example.com  ${EDGE.ip}  TTL 300  (now: A 198.51.100.8, droplet web)`,
    ]);
    expect(test.face.shown).toContain('  lab.example.com  A 198.51.100.7, server lab-2');
    expect(zone(test)).toEqual(OURS);
    test.face.finish();
  });

  it('that is kept elsewhere shows the records to make, and what is found', async () => {
    const test = withZone([]);
    test.world.resolveName = () => ({ a: [EDGE.ip], aaaa: [] });
    await setServerDomain(EDGE.label, { domain: 'lab.example.net' }, test.work);
    const said = test.face.said.join('\n');
    expect(said).toMatch(new RegExp(`lab\\.example\\.net +${EDGE.ip}`));
    expect(said).toContain('lab.example.net points to the server');
  });
});

describe('a domain that another account of the person has', () => {
  const DOMAIN = { domain: 'lab.example.com' };
  const OURS = [`A lab ${EDGE.ip}`, `A *.lab ${EDGE.ip}`];
  const WORK_TOKEN = SANDBOX_TOKENS.domains.token;

  /** The server is in the default account, whose token may read no domains; the zone is in the account work. */
  async function zoneElsewhere(...answers: readonly Answer[]) {
    const test = testWork({ servers: [EDGE] }, ...answers);
    const { world } = test;
    const other = emptyAccount();
    world.accountsByToken.set(WORK_TOKEN, other);
    world.accounts = { current: 'default', named: [{ name: 'work' }] };
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.warning.token);
    await world.keystore.set(tokenKey('work'), WORK_TOKEN);
    world.addDroplet(dropletOf(EDGE));
    other.zones.set(ZONE, []);
    const shown = (): readonly string[] =>
      (other.zones.get(ZONE) ?? []).map(({ type, name, data }) => `${type} ${name} ${data}`);
    return { ...test, other, shown };
  }

  it('gets its records there, which go with that account’s token when the server is destroyed', async () => {
    const { work, world, face, shown } = await zoneElsewhere(
      { confirm: `Destroy ${EDGE.label}?`, typed: EDGE.label },
      { confirm: `Remove the DNS records of ${EDGE.label} too?` },
    );
    expect(await setServerDomain(EDGE.label, DOMAIN, work)).toMatchObject({ records: 'made' });
    expect(shown()).toEqual(OURS);
    expect(face.said).toContain('example.com is in the account work.');
    expect(world.serverMeta.get(EDGE.id)?.dns).toMatchObject([
      { zone: ZONE, account: { team: 'team of sandbox' } },
    ]);
    await destroyServer(EDGE.label, work);
    expect(shown()).toEqual([]);
    face.finish();
  });

  it('keeps them where that account has no token here any more, and names both', async () => {
    const { work, face, shown } = await zoneElsewhere({
      confirm: `Destroy ${EDGE.label}?`,
      typed: EDGE.label,
    });
    await setServerDomain(EDGE.label, DOMAIN, work);
    await forgetToken(work, 'work');
    await destroyServer(EDGE.label, work);
    expect(shown()).toEqual(OURS);
    expect(face.said.join('\n')).toContain(
      `DNS records stay (lab.example.com A ${EDGE.ip}, *.lab.example.com A ${EDGE.ip}): there is no usable token of the account sammy@digitalocean.com here`,
    );
    face.finish();
  });

  it('is looked for in the own account first', async () => {
    const { work, world, shown } = await zoneElsewhere();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
    world.accountsByToken.delete(WORK_TOKEN);
    await world.keystore.set(tokenKey('work'), SANDBOX_TOKENS.fullAccess.token);
    world.account.zones.set(ZONE, []);
    await setServerDomain(EDGE.label, DOMAIN, work);
    expect(shown()).toEqual([]);
    expect(world.account.zones.get(ZONE)).toHaveLength(2);
    expect(world.serverMeta.get(EDGE.id)?.dns?.[0]?.account).toBeUndefined();
  });

  it('is handed to the worker of a new server with that account’s token, at each start', async () => {
    const { work, world } = await zoneElsewhere({ confirm: 'Clean up after lab?' });
    const id = await createServer({ region: 'fra1', label: 'lab', domain: DOMAIN }, work);
    const domain = { name: 'lab.example.com', zone: ZONE, account: 'work' };
    expect(await world.operations.get(id)).toMatchObject({ request: { domain } });
    world.operations.kill(id);
    await resumeOperation(id, work);
    world.operations.kill(id);
    await cleanUpOperation(id, work);
    expect(world.operations.dnsTokens).toEqual([WORK_TOKEN, WORK_TOKEN, WORK_TOKEN]);
  });

  it('is one of the domains to choose from', async () => {
    const { work } = await zoneElsewhere();
    expect(await listZones(work)).toMatchObject([{ name: ZONE, account: 'work' }]);
  });

  it('is found for an adopted droplet', async () => {
    const { work, world, other } = await zoneElsewhere({ confirm: /Adopt/ });
    const address = '203.0.113.77';
    world.addDroplet({ ...dropletOf(EDGE), id: 7, name: 'portlama-lost', publicIpv4: address });
    other.zones.set(ZONE, [{ id: 1, type: 'A', name: 'shop', data: address, ttl: 300 }]);
    world.panels.shown = { trust: 'public', address };
    expect(await adoptDroplet(7, work)).toMatchObject({ domain: 'shop.example.com' });
  });
});
