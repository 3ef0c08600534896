import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { generateSshKeyPair } from '../../src/services/ssh/keys.js';
import { type CheckedApi, checkedApi, dropletRequest } from './checked-api.js';

let sandbox: Sandbox;
let api: CheckedApi;

beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS, rateLimits: { keyListsPerMinute: 3 } });
  api = checkedApi(sandbox.url);
});
afterAll(() => sandbox.close());

describe('catalogue and account', () => {
  it('has the numbers of the contract', async () => {
    const regions = (await api('GET', '/v2/regions?per_page=200')).body.regions!;
    const small = regions.filter((region) => region.sizes.includes('s-1vcpu-512mb-10gb'));
    expect(small.map((region) => region.slug).sort()).toEqual(
      ['ams3', 'fra1', 'nyc1', 'nyc2', 'sfo2', 'sfo3', 'sgp1', 'syd1'].sort(),
    );
    expect((await api('GET', '/v2/sizes?per_page=200')).body.sizes?.length).toBe(11);
    expect((await api('GET', '/v2/images')).status).toBe(200);
    expect((await api('GET', '/v2/images/ubuntu-24-04-x64')).status).toBe(200);
    expect((await api('GET', '/v2/images/1')).status).toBe(404);
    expect((await api('GET', '/v2/account')).body.account).toMatchObject({ status: 'active' });
  });

  it('sends rate limits and a request id with every answer', async () => {
    const { headers } = await api('GET', '/v2/account');
    expect(headers.get('ratelimit-limit')).toBe('5000');
    expect(Number(headers.get('ratelimit-remaining'))).toBeLessThan(5000);
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('pages lists with links to DigitalOcean', async () => {
    const first = (await api('GET', '/v2/sizes?per_page=4')).body;
    expect([first.sizes?.length, first.meta?.total]).toEqual([4, 11]);
    expect(first.links?.pages).toEqual({
      next: 'https://api.digitalocean.com/v2/sizes?per_page=4&page=2',
      last: 'https://api.digitalocean.com/v2/sizes?per_page=4&page=3',
    });
    const last = (await api('GET', '/v2/sizes?per_page=4&page=3')).body;
    expect([last.sizes?.length, Object.keys(last.links?.pages ?? {})]).toEqual([
      3,
      ['first', 'prev'],
    ]);
    expect((await api('GET', '/v2/regions?per_page=200')).body.links).toEqual({});
  });
});

describe('keys', () => {
  const { publicKey, md5 } = generateSshKeyPair('one');

  it('are added once, found by id and fingerprint, and removed', async () => {
    const added = await api('POST', '/v2/account/keys', { name: 'one', public_key: publicKey });
    expect([added.status, added.body.ssh_key?.fingerprint]).toEqual([201, md5]);
    const id = added.body.ssh_key!.id;
    expect((await api('GET', `/v2/account/keys/${id}`)).body.ssh_key?.name).toBe('one');
    expect((await api('GET', `/v2/account/keys/${md5}`)).body.ssh_key?.id).toBe(id);
    expect((await api('PUT', `/v2/account/keys/${id}`, { name: 'two' })).body.ssh_key?.name).toBe(
      'two',
    );
    const material = publicKey.split(' ').slice(0, 2).join(' ');
    const again = await api('POST', '/v2/account/keys', { name: 'x', public_key: material });
    expect([again.status, again.body.message]).toEqual([
      422,
      'SSH Key is already in use on your account',
    ]);
    expect((await api('DELETE', `/v2/account/keys/${id}`)).status).toBe(204);
    expect((await api('DELETE', `/v2/account/keys/${id}`)).status).toBe(404);
  });

  it('that are none are refused', async () => {
    const bad = await api('POST', '/v2/account/keys', { name: 'x', public_key: 'ssh-rsa x' });
    expect([bad.status, bad.body.message]).toEqual([
      422,
      'Key invalid, key should be of the format `type key [comment]`',
    ]);
  });

  it('may be listed only so often', async () => {
    for (let count = 0; count < 3; count++) {
      expect((await api('GET', '/v2/account/keys')).status).toBe(200);
    }
    const { status, headers } = await api('GET', '/v2/account/keys');
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await api('GET', '/v2/account/keys/1')).status).toBe(404);
  });
});

describe('tags', () => {
  it('live on their own, on droplets, and go from them', async () => {
    expect((await api('POST', '/v2/tags', { name: 'a:b' })).status).toBe(201);
    const id = (await api('POST', '/v2/droplets', dropletRequest({ tags: [] }))).body.droplet!.id;
    const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
    const tagged = async () => (await api('GET', `/v2/droplets/${id}`)).body.droplet?.tags;
    expect((await api('POST', '/v2/tags/a:b/resources', { resources })).status).toBe(204);
    expect(await tagged()).toEqual(['a:b']);
    expect((await api('GET', '/v2/tags/a:b')).body.tag?.resources.droplets.count).toBe(1);
    expect((await api('DELETE', '/v2/tags/a:b/resources', { resources })).status).toBe(204);
    expect(await tagged()).toEqual([]);
    await api('POST', '/v2/tags/a:b/resources', { resources });
    expect((await api('DELETE', '/v2/tags/a:b')).status).toBe(204);
    expect(await tagged()).toEqual([]);
    expect((await api('GET', '/v2/tags/a:b')).status).toBe(404);
    expect((await api('POST', '/v2/tags/a:b/resources', { resources })).status).toBe(404);
  });

  it('are made by the creation of a droplet', async () => {
    await api('POST', '/v2/droplets', dropletRequest({ tags: ['new-tag'] }));
    expect((await api('GET', '/v2/tags/new-tag')).body.tag?.resources.droplets.count).toBe(1);
    expect((await api('GET', '/v2/tags')).body.tags?.length).toBeGreaterThan(0);
    expect((await api('DELETE', '/v2/droplets?tag_name=new-tag')).status).toBe(204);
    const left = await api('GET', '/v2/droplets?tag_name=new-tag');
    expect(left.body.droplets).toEqual([]);
  });

  it('of a bad form are refused in a form of their own', async () => {
    const bad = await api('POST', '/v2/tags', { name: 'bad name' }, { badRequest: true });
    expect([bad.status, bad.body.error]).toEqual([400, expect.stringContaining('bad name')]);
  });
});

describe('refusals of a droplet', () => {
  it.each([
    [{ name: 'a_b' }, 'Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)'],
    [{ name: 'ends-' }, 'Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)'],
    [{ region: 'zzz9' }, 'You specified an invalid region for Droplet creation.'],
    [{ region: 'ric1' }, 'Region is not available'],
    [{ size: 's-none' }, 'You specified an invalid size for Droplet creation.'],
    [{ region: 'lon1' }, 'Size is not available in this region.'],
    [{ image: 'windows' }, 'You specified an invalid image for Droplet creation.'],
    [{ ssh_keys: [1, 2] }, '1, 2 are invalid key identifiers for Droplet creation.'],
    [{ user_data: 'x'.repeat(65_537) }, 'User data must be 64KiB or less.'],
    [{ tags: ['bad name'] }, 'Tag name contains invalid characters.'],
  ])('%j', async (changes, message) => {
    const before = sandbox.state().droplets.length;
    const options = { badRequest: true };
    const { status, body } = await api('POST', '/v2/droplets', dropletRequest(changes), options);
    expect([status, body.message]).toEqual([422, message]);
    expect(sandbox.state().droplets.length).toBe(before);
  });

  it('locked, unverified and full accounts', async () => {
    const create = async (token: string) =>
      (await api('POST', '/v2/droplets', dropletRequest(), { token })).body.message;
    expect(await create(SANDBOX_TOKENS.locked.token)).toMatch(/locked/);
    expect(await create(SANDBOX_TOKENS.unverified.token)).toMatch(/verify/);
    expect(await create(SANDBOX_TOKENS.limitReached.token)).toBe(
      'creating this/these droplet(s) will exceed your droplet limit',
    );
  });
});

describe('tokens', () => {
  it('that are unknown, missing or expired get 401', async () => {
    const options = [`dop_v1_${'0'.repeat(64)}`, SANDBOX_TOKENS.expired.token, ' '];
    for (const token of options) {
      const { status, body } = await api('GET', '/v2/account', undefined, { token });
      expect([status, body.message]).toEqual([401, 'Unable to authenticate you']);
    }
  });

  it('without the scope get 403, and nothing happens', async () => {
    const token = SANDBOX_TOKENS.missingScopes.token;
    const { publicKey } = generateSshKeyPair('two');
    const key = { name: 'x', public_key: publicKey };
    const { status, body } = await api('POST', '/v2/account/keys', key, { token });
    expect([status, body.id]).toEqual([403, 'forbidden']);
    expect(body.message).toBe('You are not authorized to perform this operation');
    expect(sandbox.state().keys).toEqual([]);
    const account = SANDBOX_TOKENS.noAccount.token;
    expect((await api('GET', '/v2/account', undefined, { token: account })).status).toBe(403);
  });

  it('tell their scopes where DigitalOcean does', async () => {
    const info = async (token: string) =>
      await api('GET', '/v1/oauth/token/info', undefined, { token });
    expect((await info(SANDBOX_TOKENS.good.token)).body.scopes?.length).toBe(19);
    const { legacyFullAccess, scopesInHeader, scopesUnknown } = SANDBOX_TOKENS;
    expect((await info(legacyFullAccess.token)).body.scopes).toEqual(['api:read', 'api:write']);
    expect((await info(scopesInHeader.token)).status).toBe(404);
    const account = async (token: string) =>
      (await api('GET', '/v2/account', undefined, { token })).headers.get('x-oauth-scopes');
    expect(await account(scopesInHeader.token)).toContain('ssh_key:create');
    expect(await account(scopesUnknown.token)).toBe(null);
  });

  it('have the form of real ones', () => {
    const tokens = Object.values(SANDBOX_TOKENS).map(({ token }) => token);
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens.every((token) => /^dop_v1_[0-9a-f]{64}$/.test(token))).toBe(true);
  });
});
