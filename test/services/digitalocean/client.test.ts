import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import type { CreateDropletRequest } from '../../../src/services/digitalocean/api.js';
import { createDigitalOcean } from '../../../src/services/digitalocean/client.js';
import { FakeClock } from './fake-clock.js';
import { connect, failureOf, TOKEN, useScriptedApi } from './harness.js';
import { fixture, type Reply } from './scripted-api.js';

const context = useScriptedApi();
const ok = (file: string, status = 200): Reply => ({ status, body: fixture(file) });
const client = () => connect(context.server.url).api;
const last = () => context.server.received.at(-1)!;
const allowed = (): Promise<void> => Promise.resolve();

describe('the account', () => {
  it('is read with the token and a name of our own', async () => {
    context.server.reply(ok('account.json'));
    expect(await client().getAccount()).toEqual({
      email: 'sammy@digitalocean.com',
      emailVerified: true,
      status: 'active',
      statusMessage: '',
      dropletLimit: 25,
      teamId: '5df3e3004a17e242b7c20ca6c9fc25b701a47ece',
      teamName: 'My Team',
    });
    expect(last()).toMatchObject({ method: 'GET', path: '/v2/account', body: undefined });
    expect(last().headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(last().headers['user-agent']).toBe('portlama-tui');
  });

  it('may be locked, warned about or unverified', async () => {
    context.server.reply(
      ok('account-locked.json'),
      ok('account-warning.json'),
      ok('account-unverified.json'),
    );
    const api = client();
    expect(await api.getAccount()).toMatchObject({ status: 'locked' });
    expect(await api.getAccount()).toMatchObject({
      status: 'warning',
      statusMessage: 'Your account has a past due balance.',
    });
    expect(await api.getAccount()).toMatchObject({ emailVerified: false, dropletLimit: 3 });
  });

  it('is read without the limit, with a new status and with hostile words', async () => {
    const body = {
      account: { email: 'a\u{1b}[31mb@c.d', email_verified: true, status: 'frozen', new: 1 },
    };
    context.server.reply({ status: 200, raw: JSON.stringify(body) });
    expect(await client().getAccount()).toEqual({
      email: 'ab@c.d',
      emailVerified: true,
      status: 'warning',
      statusMessage: '',
      dropletLimit: undefined,
    });
  });
});

describe('the token info', () => {
  it('comes from the token info of the same base', async () => {
    context.server.reply(ok('oauth-token-info.json'));
    const info = await client().getTokenInfo();
    expect(info.expiresInSeconds).toBe(2591999);
    expect(info.scopes).toContain('droplet:create');
    expect(context.server.received.map(({ path }) => path)).toEqual(['/v1/oauth/token/info']);
  });

  it.each([
    ['a comma', 'droplet:read,tag:read'],
    ['a space', 'droplet:read tag:read'],
    ['both', ' droplet:read, tag:read '],
  ])('falls back to the header of the account, separated by %s', async (_, header) => {
    context.server.route(({ path }) =>
      path === '/v2/account'
        ? { ...ok('account.json'), headers: { 'x-oauth-scopes': header } }
        : { status: 404, body: fixture('error-404.json') },
    );
    expect(await client().getTokenInfo()).toEqual({
      scopes: ['droplet:read', 'tag:read'],
      expiresInSeconds: undefined,
    });
  });

  it('keeps the expiry when the scopes come from the header, even of a refusal', async () => {
    context.server.route(({ path }) =>
      path === '/v2/account'
        ? {
            status: 403,
            body: fixture('error-403-scope.json'),
            headers: { 'x-oauth-scopes': 'droplet:read' },
          }
        : { status: 200, body: { resource_owner_id: 1, scopes: [], expires_in_seconds: 60 } },
    );
    expect(await client().getTokenInfo()).toEqual({
      scopes: ['droplet:read'],
      expiresInSeconds: 60,
    });
  });

  it('says nothing about scopes when nobody does', async () => {
    context.server.route(({ path }) =>
      path === '/v2/account'
        ? ok('account.json')
        : { status: 200, raw: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } },
    );
    expect(await client().getTokenInfo()).toEqual({
      scopes: undefined,
      expiresInSeconds: undefined,
    });
  });

  it('rejects for a token that is not accepted', async () => {
    context.server.reply({ status: 401, body: fixture('error-401.json') });
    expect(await failureOf(client().getTokenInfo())).toMatchObject({ code: 'token-invalid' });
  });
});

describe('regions and sizes', () => {
  it('are listed', async () => {
    context.server.reply(ok('regions.json'));
    const regions = await client().listRegions();
    expect(regions.find(({ slug }) => slug === 'fra1')).toMatchObject({
      name: 'Frankfurt 1',
      available: true,
    });
    expect(last().path).toBe('/v2/regions?per_page=200');
    context.server.reply(ok('sizes.json'));
    const sizes = await client().listSizes();
    expect(sizes.find(({ slug }) => slug === 's-1vcpu-512mb-10gb')).toMatchObject({
      memoryMb: 512,
      vcpus: 1,
      diskGb: 10,
      priceMonthlyUsd: 4,
      available: true,
    });
  });
});

describe('droplets', () => {
  const request: CreateDropletRequest = {
    name: 'portlama-fra1-01',
    region: 'fra1',
    size: 's-1vcpu-512mb-10gb',
    image: 'ubuntu-24-04-x64',
    sshKeyIds: [289794],
    tags: ['portlama:managed', 'portlama:op:4b0d3c1e'],
    userData: '#cloud-config\n',
  };

  it('are created', async () => {
    context.server.reply(ok('droplet-create-202.json', 202));
    expect(await client().createDroplet(request)).toMatchObject({
      id: 606395546,
      status: 'new',
      publicIpv4: undefined,
      priceMonthlyUsd: 4,
    });
    expect(last()).toMatchObject({
      method: 'POST',
      path: '/v2/droplets',
      body: {
        name: 'portlama-fra1-01',
        region: 'fra1',
        size: 's-1vcpu-512mb-10gb',
        image: 'ubuntu-24-04-x64',
        ssh_keys: [289794],
        tags: ['portlama:managed', 'portlama:op:4b0d3c1e'],
        user_data: '#cloud-config\n',
      },
    });
    expect(last().headers['content-type']).toBe('application/json');
  });

  it.each(['ü', '\u0000', 'x'.repeat(64 * 1024 + 1)])(
    'are not created with user data that would never boot (case %#)',
    async (userData) => {
      const call = client().createDroplet({ ...request, userData });
      await expect(call).rejects.toBeInstanceOf(InputError);
      expect(context.server.received).toEqual([]);
    },
  );

  it('have an address only once a public one is there, wherever it stands', async () => {
    context.server.reply(
      ok('droplet-new.json'),
      ok('droplet-active-no-network.json'),
      ok('droplet-active.json'),
      ok('droplet-active-private-first.json'),
    );
    const api = client();
    const read = async () => await api.getDroplet(606395546);
    expect(await read()).toMatchObject({ status: 'new', publicIpv4: undefined });
    expect(await read()).toMatchObject({ status: 'active', publicIpv4: undefined });
    const active = await read();
    expect(active?.publicIpv4).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    const later = await read();
    expect(later?.publicIpv4).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    expect(later).toMatchObject({ regionSlug: 'fra1', sizeSlug: 's-1vcpu-512mb-10gb' });
  });

  it('are undefined when unknown', async () => {
    context.server.reply({ status: 404, body: fixture('error-404.json') });
    expect(await client().getDroplet(606395546)).toBeUndefined();
  });

  it('are read when the token may see neither tags nor image', async () => {
    const whole = fixture('droplet-active.json') as { droplet: Record<string, unknown> };
    const { tags, image, ...rest } = whole.droplet;
    expect([tags, image]).not.toContain(undefined);
    context.server.reply(
      { status: 200, raw: JSON.stringify({ droplet: rest }) },
      { status: 200, raw: JSON.stringify({ droplet: { ...rest, tags: null, image: null } }) },
    );
    expect(await client().getDroplet(1)).toMatchObject({ tags: [], status: 'active' });
    expect(await client().getDroplet(1)).toMatchObject({ tags: [], status: 'active' });
  });

  it('are listed by tag, by name, and all', async () => {
    context.server.reply(ok('droplets-by-tag.json'));
    const api = client();
    const [first] = await api.listDroplets({ tag: 'portlama:managed' });
    expect(first?.tags).toContain('portlama:managed');
    expect(last().path).toBe('/v2/droplets?tag_name=portlama%3Amanaged&per_page=200');
    context.server.reply(ok('droplets-by-tag-empty.json'));
    expect(await api.listDroplets({ name: 'a&b' })).toEqual([]);
    expect(last().path).toBe('/v2/droplets?name=a%26b&per_page=200');
    await api.listDroplets();
    expect(last().path).toBe('/v2/droplets?per_page=200');
  });

  it('are deleted, and known to have been absent', async () => {
    context.server.reply(
      { status: 204 },
      { status: 404, body: fixture('error-404-delete-again.json') },
    );
    const api = client();
    expect(await api.deleteDroplet(606395546, allowed)).toBe(true);
    expect(await api.deleteDroplet(606395546, allowed)).toBe(false);
    expect(last()).toMatchObject({ method: 'DELETE', path: '/v2/droplets/606395546' });
  });

  it('are checked right before each request to delete, and nothing is sent when that refuses', async () => {
    context.server.reply({ status: 500, body: fixture('error-500.json') });
    const api = client();
    const refused = new Error('not ours');
    const received: number[] = [];
    const check = async (): Promise<void> => {
      received.push(context.server.received.length);
      if (received.length === 2) throw refused;
    };
    await expect(api.deleteDroplet(606395546, check)).rejects.toBe(refused);
    expect(received).toEqual([0, 1]);
    expect(context.server.received).toHaveLength(1);
  });
});

describe('SSH keys', () => {
  const MD5 = '30:4f:eb:ab:48:2d:e4:fd:79:8b:8e:4a:38:a3:45:f8';

  it('are added, found by fingerprint or id, listed and removed', async () => {
    const { name, public_key } = fixture('ssh-key-create-request.json') as Record<string, string>;
    context.server.reply(ok('ssh-key-create-201.json', 201));
    const api = client();
    const key = await api.createSshKey(name!, public_key!);
    expect(key).toEqual({ id: 512189, name, publicKey: public_key, fingerprint: MD5 });
    expect(last().body).toEqual({ name, public_key });
    context.server.reply(ok('ssh-key-create-201.json'));
    expect(await api.getSshKey(MD5)).toEqual(key);
    expect(last().path).toBe(`/v2/account/keys/${MD5}`);
    expect(await api.getSshKey(512189)).toEqual(key);
    context.server.reply(ok('ssh-keys.json'));
    expect(await api.listSshKeys()).toEqual([key]);
    context.server.reply({ status: 204 }, { status: 404, body: fixture('error-404.json') });
    expect(await api.deleteSshKey(512189)).toBe(true);
    expect(await api.deleteSshKey(512189)).toBe(false);
    expect(await api.getSshKey(MD5)).toBeUndefined();
  });
});

describe('domains', () => {
  const RECORD = { type: 'A', name: 'lab', data: '203.0.113.10', ttl: 300 };

  it('are listed and added, and their records listed, added, changed and removed', async () => {
    const list = {
      domains: [{ name: 'example.com', ttl: 1800, zone_file: null }],
      meta: { total: 1 },
    };
    context.server.reply({ status: 200, body: list });
    const api = client();
    expect(await api.listDomains()).toEqual([{ name: 'example.com', ttl: 1800 }]);
    context.server.reply(ok('domain-create-201.json', 201));
    expect((await api.createDomain('example.com')).name).toBe('example.com');
    expect(last().body).toEqual({ name: 'example.com' });
    context.server.reply(ok('domain-records.json'));
    const records = await api.listRecords('example.com');
    expect(records[0]).toEqual({
      id: 28448429,
      type: 'NS',
      name: '@',
      data: 'ns1.digitalocean.com',
      ttl: 1800,
    });
    context.server.reply(ok('domain-record-create-201.json', 201));
    const { id } = await api.createRecord('example.com', RECORD);
    expect(last()).toMatchObject({ path: '/v2/domains/example.com/records', body: RECORD });
    context.server.reply(ok('domain-record-create-201.json', 200));
    await api.updateRecord('example.com', id, RECORD);
    expect(last()).toMatchObject({ method: 'PUT', path: `/v2/domains/example.com/records/${id}` });
    context.server.reply({ status: 204 }, { status: 404, body: fixture('error-404.json') });
    expect(await api.deleteRecord('example.com', id)).toBe(true);
    expect(await api.deleteRecord('example.com', id)).toBe(false);
  });

  it.each([
    ['domain:read', (api: ReturnType<typeof client>) => api.listDomains()],
    ['domain:read', (api: ReturnType<typeof client>) => api.listRecords('example.com')],
    ['domain:create', (api: ReturnType<typeof client>) => api.createDomain('example.com')],
    ['domain:create', (api: ReturnType<typeof client>) => api.createRecord('example.com', RECORD)],
    [
      'domain:update',
      (api: ReturnType<typeof client>) => api.updateRecord('example.com', 1, RECORD),
    ],
    ['domain:delete', (api: ReturnType<typeof client>) => api.deleteRecord('example.com', 1)],
  ])('name the scope %s that a token lacks (case %#)', async (scope, call) => {
    context.server.reply({ status: 403, body: fixture('error-403-scope.json') });
    const error = await failureOf(call(client()));
    expect(error.code).toBe('scope-missing');
    expect(String(error.hint)).toContain(scope);
    expect(String(error.hint)).toContain(
      'groups account, domain, droplet, regions, ssh_key and tag.',
    );
  });

  it.each(['../account', 'example', '', 'a b.example', 'x.example/records'])(
    'are no path that %j could leave',
    async (name) => {
      await expect(client().listRecords(name)).rejects.toMatchObject({ code: 'domain-invalid' });
      expect(context.server.received).toEqual([]);
    },
  );
});

describe('tags', () => {
  it('are made, read, put on droplets and removed', async () => {
    context.server.reply(ok('tag-create-201.json', 201));
    const api = client();
    await api.createTag('portlama:managed');
    expect(last().body).toEqual({ name: 'portlama:managed' });
    context.server.reply(ok('tag-get-200.json'));
    expect(await api.getTag('portlama:managed')).toEqual({ dropletCount: 1 });
    expect(last().path).toBe('/v2/tags/portlama:managed');
    context.server.reply({ status: 204 });
    await api.tagDroplet('portlama:managed', 606395546);
    expect(last().body).toEqual(fixture('tag-resources-request.json'));
    expect(await api.deleteTag('portlama:managed')).toBe(true);
    context.server.reply({ status: 404, body: fixture('error-404.json') });
    expect(await api.deleteTag('portlama:managed')).toBe(false);
    expect(await api.getTag('portlama:managed')).toBeUndefined();
    expect(await failureOf(api.tagDroplet('portlama:managed', 1))).toMatchObject({
      code: 'not-found',
    });
  });

  it('are left as they are when they exist', async () => {
    context.server.route(({ method }) =>
      method === 'POST'
        ? { status: 422, body: { id: 'unprocessable_entity', message: 'Tag already exists' } }
        : ok('tag-get-200.json'),
    );
    await client().createTag('portlama:managed');
    context.server.route(({ method }) =>
      method === 'POST'
        ? { status: 400, body: fixture('error-400-tag.json') }
        : { status: 404, body: fixture('error-404.json') },
    );
    expect(await failureOf(client().createTag('bad'))).toMatchObject({
      code: 'tag-invalid',
      status: 400,
    });
  });

  it.each(['..', '.', '', 'a/b', 'a b', 'a?b', 'a%2fb'])(
    'cannot lead to another address: %j',
    async (name) => {
      await expect(client().deleteTag(name)).rejects.toBeInstanceOf(InputError);
      await expect(client().tagDroplet(name, 1)).rejects.toBeInstanceOf(InputError);
      await expect(client().getSshKey(name)).rejects.toBeInstanceOf(InputError);
      expect(context.server.received).toEqual([]);
    },
  );
});

describe('pages', () => {
  const page = (number: number, next: string | undefined): Reply => ({
    status: 200,
    body: {
      regions: [{ name: `R ${number}`, slug: 'fra1', available: true, sizes: [], features: [] }],
      links: next === undefined ? {} : { pages: { next } },
      meta: { total: 3 },
    },
  });

  it('are followed to the last by number, never to the host that the link names', async () => {
    const other = 'https://api.digitalocean.com/v2/regions?page=';
    context.server.reply(
      page(1, `${other}2&per_page=200`),
      page(2, 'https://evil.example/v2/regions?per_page=1&page=3'),
      page(3, undefined),
    );
    const regions = await client().listRegions();
    expect(regions.map(({ name }) => name)).toEqual(['R 1', 'R 2', 'R 3']);
    expect(context.server.received.map(({ path }) => path)).toEqual([
      '/v2/regions?per_page=200',
      '/v2/regions?per_page=200&page=2',
      '/v2/regions?per_page=200&page=3',
    ]);
  });

  it('end when a page names itself, an earlier one, or nothing', async () => {
    for (const next of ['x?page=1', 'x?page=0', 'x?page=-2', 'x?page=a', 'x?per_page=2']) {
      context.server.reply({
        status: 200,
        raw: JSON.stringify({ regions: [], links: { pages: { next } } }),
      });
      context.server.received.length = 0;
      expect(await client().listRegions()).toEqual([]);
      expect(context.server.received).toHaveLength(1);
    }
  });

  it('end some time even when the API goes on for ever', async () => {
    let count = 0;
    context.server.route(() => page((count += 1), `x?page=${count + 1}`));
    expect(await client().listRegions()).toHaveLength(100);
  });
});

describe('the base URL', () => {
  it('may have a path of its own', async () => {
    context.server.reply(ok('account.json'));
    await connect(`${context.server.url}some/where`).api.getAccount();
    expect(last().path).toBe('/some/where/v2/account');
    context.server.reply(ok('oauth-token-info.json'));
    await connect(`${context.server.url}some/where/`).api.getTokenInfo();
    expect(last().path).toBe('/some/where/v1/oauth/token/info');
  });

  it.each(['http://example.com', 'ftp://127.0.0.1', ''])('is refused: %j', (baseUrl) => {
    expect(() => createDigitalOcean({ baseUrl, token: TOKEN, clock: new FakeClock() })).toThrow(
      InputError,
    );
  });
});

describe('connections', () => {
  it('are used again for reads and deletes; each create has its own', async () => {
    const api = client();
    context.server.reply(ok('account.json'));
    await api.getAccount();
    await api.getAccount();
    context.server.reply({ status: 204 });
    await api.deleteDroplet(1, allowed);
    context.server.reply(ok('tag-create-201.json', 201));
    await api.createTag('a');
    await api.createTag('b');
    const ports = context.server.received.map(({ port }) => port);
    expect(new Set(ports.slice(0, 3)).size).toBe(1);
    expect(new Set(ports).size).toBe(3);
  });
});

describe('every try', () => {
  it('is told with its status, duration and request id', async () => {
    const { api, calls } = connect(context.server.url);
    context.server.reply(
      {
        status: 500,
        body: fixture('error-500.json'),
        headers: { 'x-request-id': 'abc' },
      },
      { cut: true },
      ok('droplets-by-tag.json'),
    );
    await api.listDroplets({ tag: 'x' });
    const path = '/v2/droplets?tag_name=x&per_page=200';
    expect(calls).toMatchObject([
      { method: 'GET', path, status: 500, requestId: 'abc' },
      { method: 'GET', path, status: undefined, requestId: undefined },
      { method: 'GET', path, status: 200, requestId: undefined },
    ]);
    for (const { durationMs } of calls) expect(durationMs).toBeGreaterThanOrEqual(0);
  });
});
