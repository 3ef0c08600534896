import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeScopes, REQUIRED_SCOPES } from '../../../src/services/digitalocean/scopes.js';

/** Every scope that DigitalOcean's API document names. */
const { scopes: ALL } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/scopes.json'), 'utf8'),
) as { scopes: string[] };

/** Everything in the list that is not a read scope and still allowed beside the required ones. */
const ALLOWED = [
  'app:update',
  'addon:update',
  'database:create',
  'database:update',
  'domain:create',
  'domain:delete',
  'domain:update',
  'droplet:create',
  'droplet:delete',
  'droplet:update',
  'firewall:update',
  'image:update',
  'kubernetes:update',
  'load_balancer:update',
  'monitoring:create',
  'nfs:list',
  'reserved_ip:update',
  'ssh_key:create',
  'ssh_key:delete',
  'ssh_key:update',
  'tag:create',
  'tag:delete',
];

/** Named as certainly refused. */
const CERTAINLY_REFUSED = [
  'account:write',
  'database:delete',
  'kubernetes:create',
  'kubernetes:delete',
  'firewall:create',
  'firewall:delete',
  'image:create',
  'image:delete',
  'load_balancer:create',
  'load_balancer:delete',
  'block_storage:create',
  'block_storage:delete',
  'volume:create',
  'volume:delete',
  'volume:update',
  'volume:write',
  'vpc:create',
  'vpc:delete',
  'api:write',
];

const required = [...REQUIRED_SCOPES];
const withRequired = (...extra: string[]) => judgeScopes([...required, ...extra]);

describe('the required scopes', () => {
  it('are enough', () => {
    expect(judgeScopes(required)).toEqual({ missing: [], dangerous: [], notices: [] });
  });

  it('are those of the specification', () => {
    expect(required).toEqual(
      [
        'account:read',
        ['droplet:create', 'droplet:read', 'droplet:delete'],
        ['ssh_key:create', 'ssh_key:read', 'ssh_key:delete'],
        ['tag:create', 'tag:read'],
        'regions:read',
      ].flat(),
    );
  });

  it.each(required)('are each missed: %s', (scope) => {
    const others = required.filter((other) => other !== scope);
    expect(judgeScopes(others)).toEqual({ missing: [scope], dangerous: [], notices: [] });
  });

  it('are all missed without any', () => {
    expect(judgeScopes([])).toEqual({ missing: required, dangerous: [], notices: [] });
    expect(judgeScopes(['', ' '])).toEqual({ missing: required, dangerous: [], notices: [] });
  });
});

describe('beside the required ones', () => {
  it.each(ALL)('%s is judged', (scope) => {
    const allowed = scope.endsWith(':read') || ALLOWED.includes(scope);
    expect(withRequired(scope).dangerous).toEqual(allowed ? [] : [scope]);
    expect(withRequired(scope).missing).toEqual([]);
  });

  it.each(CERTAINLY_REFUSED)('%s is refused', (scope) => {
    expect(withRequired(scope).dangerous).toEqual([scope]);
  });

  it('the list holds what it should', () => {
    expect(ALL.length).toBeGreaterThan(120);
    expect(ALLOWED.filter((scope) => !ALL.includes(scope))).toEqual([]);
  });

  it.each([
    'droplet:admin',
    'tag:update',
    'tag:admin',
    'ssh_key:admin',
    'regions:admin',
    'domain:anything',
    'spaces:update',
    'volume:read',
    'snapshot:read',
    'sizes:read',
    'actions:read',
    'vpc:read',
    'something_new:read',
    'api:read',
  ])('%s is allowed', (scope) => {
    expect(withRequired(scope)).toEqual({ missing: [], dangerous: [], notices: [] });
  });

  it.each([
    'something_new:create',
    'something_new:frobnicate',
    'account:update',
    'account:*',
    'spaces_key:update',
    'database:*',
    'write',
    '*',
    'delete',
    'droplets:create',
    'a:b:read',
    ':read',
    'droplet:',
  ])('%s is refused by its name', (scope) => {
    expect(withRequired(scope).dangerous).toEqual([scope]);
  });
});

describe('what DigitalOcean adds by itself', () => {
  const without = (scope: string) => required.filter((other) => other !== scope);

  it('is refused when what it is added to is not there', () => {
    expect(judgeScopes([...without('tag:create'), 'firewall:update']).dangerous).toEqual([
      'firewall:update',
    ]);
    expect(judgeScopes([...without('droplet:create'), 'monitoring:create']).dangerous).toEqual([
      'monitoring:create',
    ]);
    expect(judgeScopes([...without('droplet:create'), 'database:create'])).toEqual({
      missing: ['droplet:create'],
      dangerous: ['database:create'],
      notices: [],
    });
  });

  it('gives a notice for database:create', () => {
    const verdict = withRequired('database:create', 'database:read');
    expect(verdict.dangerous).toEqual([]);
    expect(verdict.notices).toEqual([
      { scope: 'database:create', reason: expect.stringMatching(/\w+/) },
    ]);
  });

  it('counts database:update, which it adds as well, as no other write scope', () => {
    expect(withRequired('database:create', 'database:update').dangerous).toEqual([]);
  });

  it.each(['database:delete', 'database:write', 'database:view_credentials', 'database:new'])(
    'refuses database:create together with %s',
    (scope) => {
      const verdict = withRequired('database:create', scope);
      expect(verdict.dangerous).toEqual(['database:create', scope].sort());
      expect(verdict.notices).toEqual([]);
    },
  );

  it('makes up a token of the five groups as the console gives it', () => {
    const console =
      'account:read droplet:create droplet:read droplet:update droplet:delete droplet:admin regions:read ssh_key:create ssh_key:read ssh_key:update ssh_key:delete tag:create tag:read tag:delete sizes:read actions:read image:read snapshot:read vpc:read';
    expect(judgeScopes(console.split(' '))).toEqual({ missing: [], dangerous: [], notices: [] });
  });
});

describe('a token for everything', () => {
  it.each([
    [['api:write', 'api:read'], ['api:write']],
    [['read write'], ['write']],
    [['read', 'write'], ['write']],
    [['write', 'read'], ['write']],
    [['*'], ['*']],
    [['*:*'], ['*:*']],
  ])('is refused: %j', (scopes, dangerous) => {
    expect(judgeScopes(scopes)).toEqual({ missing: [], dangerous, notices: [] });
  });

  it.each([['read'], ['api:read']])('for reading lacks the rest: %s', (scope) => {
    expect(judgeScopes([scope])).toEqual({
      missing: required.filter((name) => !name.endsWith(':read')),
      dangerous: [],
      notices: [],
    });
  });

  it('of one group covers the group', () => {
    const scopes = ['account:read', 'droplet:*', 'ssh_key:*', 'tag:*', 'regions:*'];
    expect(judgeScopes(scopes)).toEqual({ missing: [], dangerous: [], notices: [] });
  });
});

it('does not mind case, order, doubles and separators', () => {
  const text = [...required, ...required, 'DATABASE:DELETE'].reverse().join(', ').toUpperCase();
  expect(judgeScopes([text])).toEqual({
    missing: [],
    dangerous: ['database:delete'],
    notices: [],
  });
});
