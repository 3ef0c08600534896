import { describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/core/errors.js';
import { acceptanceLines, REQUIRED_SCOPES } from '../../../src/services/digitalocean/scopes.js';
import {
  checkToken,
  requireUsableToken,
  TokenError,
} from '../../../src/services/digitalocean/token-check.js';
import { connect, failureOf, useScriptedApi } from './harness.js';
import { fixture, type Reply } from './scripted-api.js';

const context = useScriptedApi();
const DAY_S = 86_400;

interface Account {
  readonly account: Record<string, unknown>;
}

/** An account as the server should show it. */
interface Scene {
  /** Undefined: token info and header say nothing. */
  readonly scopes?: readonly string[] | undefined;
  readonly expiresInSeconds?: number;
  readonly account?: string;
  readonly limit?: number;
  readonly droplets?: number;
  /** Paths that answer 403. */
  readonly forbidden?: readonly string[];
  /** Paths that answer 500. */
  readonly broken?: readonly string[];
}

function show(scene: Scene): void {
  const { account } = fixture(scene.account ?? 'account.json') as Account;
  const { droplets } = fixture('droplets-by-tag.json') as { droplets: object[] };
  const bodies: Readonly<Record<string, unknown>> = {
    '/v2/account': { account: { ...account, droplet_limit: scene.limit ?? 25 } },
    '/v2/droplets': {
      droplets: Array.from({ length: scene.droplets ?? 1 }, () => droplets[0]),
      meta: { total: scene.droplets ?? 1 },
    },
    '/v2/account/keys': fixture('ssh-keys.json'),
    '/v2/regions': fixture('regions.json'),
    '/v2/tags/portlama:managed': fixture('tag-get-200.json'),
    '/v1/oauth/token/info': {
      resource_owner_id: 1,
      scopes: scene.scopes ?? [],
      expires_in_seconds: scene.expiresInSeconds ?? 0,
    },
  };
  context.server.route(({ path }): Reply => {
    const [pathname = ''] = path.split('?');
    if (scene.forbidden?.includes(pathname) === true)
      return { status: 403, body: fixture('error-403-scope.json') };
    if (scene.broken?.includes(pathname) === true)
      return { status: 500, body: fixture('error-500.json') };
    return { status: 200, body: bodies[pathname] };
  });
}

const check = async (scene: Scene) => {
  show(scene);
  return await checkToken(connect(context.server.url).api);
};

describe('a good token', () => {
  it('is reported with its account, droplets and expiry', async () => {
    const report = await check({
      scopes: [...REQUIRED_SCOPES, 'database:create'],
      expiresInSeconds: 82.5 * DAY_S,
      droplets: 3,
      limit: 10,
    });
    expect(report).toEqual({
      ok: true,
      valid: true,
      account: expect.objectContaining({ email: 'sammy@digitalocean.com', status: 'active' }),
      dropletsUsed: 3,
      dropletLimit: 10,
      expiresInDays: 82,
      missing: [],
      dangerous: [],
      unverified: [],
      notices: [{ scope: 'database:create', reason: expect.any(String) }],
      problems: [],
      warnings: [],
    });
    expect(() => requireUsableToken(report)).not.toThrow();
    expect(context.server.received).toHaveLength(3);
  });

  it('may never expire', async () => {
    expect((await check({ scopes: REQUIRED_SCOPES })).expiresInDays).toBeUndefined();
  });

  it.each([
    [13.9, 'expires in 13 days'],
    [6.9, 'expires in 6 days'],
    [1, 'expires in a day'],
    [0.5, 'expires within a day'],
  ])('that expires in %d days is warned about', async (days, text) => {
    const report = await check({ scopes: REQUIRED_SCOPES, expiresInSeconds: days * DAY_S });
    expect(report.ok).toBe(true);
    expect(report.warnings).toMatchObject([{ code: 'expires-soon' }]);
    expect(report.warnings[0]?.message).toContain(text);
  });

  it('that expires in two weeks is not', async () => {
    const report = await check({ scopes: REQUIRED_SCOPES, expiresInSeconds: 14 * DAY_S });
    expect(report.warnings).toEqual([]);
  });
});

describe('a token with the wrong scopes', () => {
  it('is refused with all that is missing and dangerous', async () => {
    const report = await check({
      scopes: [
        ...REQUIRED_SCOPES.filter((scope) => !scope.startsWith('ssh_key:')),
        'database:delete',
        'account:write',
      ],
    });
    expect(report).toMatchObject({
      ok: false,
      valid: true,
      missing: ['ssh_key:create', 'ssh_key:read', 'ssh_key:delete'],
      dangerous: ['account:write', 'database:delete'],
    });
    expect(() => requireUsableToken(report)).toThrow(
      expect.objectContaining({
        name: 'TokenError',
        code: 'token-scopes-dangerous',
        message: expect.stringContaining('account:write, database:delete'),
        hint: expect.stringContaining('account, droplet, regions, ssh_key, tag'),
      }),
    );
    expect(() => requireUsableToken({ ...report, dangerous: [] })).toThrow(
      expect.objectContaining({
        code: 'token-scopes-missing',
        message: expect.stringContaining('ssh_key:create, ssh_key:read, ssh_key:delete'),
      }),
    );
  });

  it('is not usable when all it does is too much', async () => {
    const report = await check({ scopes: [...REQUIRED_SCOPES, 'database:delete'] });
    expect(report).toMatchObject({ ok: false, missing: [], dangerous: ['database:delete'] });
  });

  it('may lack what the report itself needs', async () => {
    const report = await check({
      scopes: REQUIRED_SCOPES.filter((scope) => !/^(account|droplet):read$/.test(scope)),
      forbidden: ['/v2/account', '/v2/droplets'],
    });
    expect(report).toMatchObject({
      ok: false,
      valid: true,
      account: undefined,
      dropletsUsed: undefined,
      missing: ['account:read', 'droplet:read'],
    });
  });
});

describe('a token whose scopes DigitalOcean does not tell', () => {
  it('is accepted when it can read, and what cannot be known is said', async () => {
    const report = await check({});
    const writes = REQUIRED_SCOPES.filter((scope) => !scope.endsWith(':read'));
    expect(report).toMatchObject({ ok: true, missing: [], dangerous: [], unverified: writes });
    expect(report.warnings).toMatchObject([
      { code: 'scopes-unverified', message: expect.stringContaining('could not be verified') },
    ]);
    expect(report.warnings[0]?.hint).toContain('account, droplet, regions, ssh_key, tag');
    expect(() => requireUsableToken(report)).not.toThrow();
    const lines = acceptanceLines(report);
    expect(lines.join('\n')).not.toContain('valid');
    expect(lines[1]).toContain(writes.join(', '));
  });

  it.each([
    ['/v2/account', 'account:read'],
    ['/v2/droplets', 'droplet:read'],
    ['/v2/account/keys', 'ssh_key:read'],
    ['/v2/regions', 'regions:read'],
    ['/v2/tags/portlama:managed', 'tag:read'],
  ])('lacks what it cannot read: %s', async (path, scope) => {
    const report = await check({ forbidden: [path] });
    expect(report).toMatchObject({ ok: false, valid: true, missing: [scope] });
    expect(report.unverified).not.toContain(scope);
  });

  it('gets a clear answer without any right', async () => {
    const paths = [
      '/v2/account',
      '/v2/droplets',
      '/v2/account/keys',
      '/v2/regions',
      '/v2/tags/portlama:managed',
    ];
    const report = await check({ forbidden: paths });
    expect(report.missing).toEqual(REQUIRED_SCOPES.filter((scope) => scope.endsWith(':read')));
    expect(() => requireUsableToken(report)).toThrow(TokenError);
  });
});

describe('an account that cannot make droplets', () => {
  it.each<[string, Scene, string, RegExp]>([
    [
      'locked',
      { account: 'account-locked.json' },
      'account-locked',
      /Your account has been locked/,
    ],
    ['unverified', { account: 'account-unverified.json' }, 'email-unverified', /sammy@/],
    ['full', { droplets: 3, limit: 3 }, 'droplet-limit', /3 of 3 droplets/],
    ['overfull', { droplets: 3, limit: 2 }, 'droplet-limit', /3 of 2 droplets/],
    ['without any droplet', { droplets: 0, limit: 0 }, 'droplet-limit', /0 of 0/],
  ])('blocks: %s', async (_, scene, code, message) => {
    const report = await check({ ...scene, scopes: REQUIRED_SCOPES });
    expect(report).toMatchObject({ ok: false, valid: true, missing: [], dangerous: [] });
    expect(report.problems).toMatchObject([{ code }]);
    expect(report.problems[0]?.message).toMatch(message);
    expect(report.problems[0]?.hint).toMatch(/https:\/\//);
    expect(() => requireUsableToken(report)).toThrow(expect.objectContaining({ code }));
  });

  it('is only warned about when DigitalOcean does no more', async () => {
    const report = await check({ account: 'account-warning.json', scopes: REQUIRED_SCOPES });
    expect(report.ok).toBe(true);
    expect(report.warnings).toMatchObject([
      { code: 'account-warning', message: expect.stringContaining('past due balance') },
    ]);
  });
});

describe('a token that is not accepted', () => {
  it('is reported as such', async () => {
    context.server.reply({ status: 401, body: fixture('error-401.json') });
    const report = await checkToken(connect(context.server.url).api);
    expect(report).toMatchObject({ ok: false, valid: false, missing: [], dangerous: [] });
    expect(report.problems).toMatchObject([{ code: 'token-invalid' }]);
    expect(() => requireUsableToken(report)).toThrow(
      expect.objectContaining({ name: 'TokenError', code: 'token-invalid' }),
    );
  });
});

describe('a check that cannot be made', () => {
  it.each(['/v2/account', '/v2/droplets', '/v2/account/keys', '/v2/regions'])(
    'rejects with what hindered it, rather than blame the token: %s',
    async (path) => {
      show({ broken: [path] });
      const { api } = connect(context.server.url, { retryBudgetMs: 0 });
      expect(await failureOf(checkToken(api))).toMatchObject({ code: 'server-error' });
    },
  );

  it('can be aborted', async () => {
    context.server.reply({ hang: true });
    const { api } = connect(context.server.url);
    const thrown: unknown = await checkToken(api, AbortSignal.abort()).catch(
      (error: unknown) => error,
    );
    expect(isAbort(thrown)).toBe(true);
  });
});
