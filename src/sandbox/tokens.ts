import { ACCOUNTS, ALL_SCOPES } from './fixtures.js';
import { sampleToken, SANDBOX_TOKEN } from './folder.js';

export { SANDBOX_TOKEN };

/** Sample token with its purpose. */
export interface SandboxToken {
  readonly token: string;
  /** Outcome to expect when trying the token. */
  readonly shows: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
  /** False: DigitalOcean answers 401 (expired or revoked). */
  readonly valid: boolean;
  readonly account: keyof typeof ACCOUNTS;
  /** Tokens of one team see the same droplets, keys, tags and domains. */
  readonly team: string;
  /** Droplets that the team may have, instead of its account's own number. */
  readonly dropletLimit?: number;
  /** Endpoint that reveals its scopes (contract: scope discovery). */
  readonly introspection: 'token-info' | 'header' | 'none';
}

const DAY_SECONDS = 86_400;

/** The five resource groups as DigitalOcean's console grants them, plus what it adds by itself. */
const NEEDED_SCOPES = [
  'account:read',
  ...verbs('droplet', 'create', 'read', 'update', 'delete', 'admin'),
  'regions:read',
  ...verbs('ssh_key', 'create', 'read', 'update', 'delete'),
  ...verbs('tag', 'create', 'read', 'delete'),
  'sizes:read',
  'actions:read',
  'image:read',
  'snapshot:read',
  'vpc:read',
];

const GOOD: Omit<SandboxToken, 'token' | 'shows'> = {
  scopes: NEEDED_SCOPES,
  expiresInSeconds: 82 * DAY_SECONDS,
  valid: true,
  account: 'active',
  team: 'sandbox',
  introspection: 'token-info',
};

/** All tokens of the sandbox by name. */
export const SANDBOX_TOKENS = {
  good: { ...GOOD, token: SANDBOX_TOKEN, shows: 'everything works' },
  notices: {
    ...GOOD,
    token: sampleToken('a0'),
    shows: 'scopes that DigitalOcean adds by itself: a notice, no refusal',
    scopes: [...NEEDED_SCOPES, 'monitoring:create', 'database:create', 'app:update'],
  },
  missingScopes: {
    ...GOOD,
    token: sampleToken('a1'),
    shows: 'ssh_key:create and ssh_key:delete are missing',
    scopes: NEEDED_SCOPES.filter((scope) => !/^ssh_key:(create|delete)$/.test(scope)),
  },
  noAccount: {
    ...GOOD,
    token: sampleToken('a2'),
    shows: 'account:read is missing',
    scopes: NEEDED_SCOPES.filter((scope) => scope !== 'account:read'),
  },
  noUpdate: {
    ...GOOD,
    token: sampleToken('b5'),
    shows: 'droplet:update is missing: no power actions, no renaming',
    scopes: NEEDED_SCOPES.filter((scope) => scope !== 'droplet:update'),
  },
  dangerous: {
    ...GOOD,
    token: sampleToken('a3'),
    shows: 'database:delete and account:write are too much',
    scopes: [...NEEDED_SCOPES, 'database:create', 'database:delete', 'account:write'],
  },
  fullAccess: {
    ...GOOD,
    token: sampleToken('a4'),
    shows: 'a full-access token',
    scopes: [...new Set([...ALL_SCOPES, ...NEEDED_SCOPES])],
  },
  legacyFullAccess: {
    ...GOOD,
    token: sampleToken('a5'),
    shows: 'a full-access token from before custom scopes',
    scopes: ['api:read', 'api:write'],
  },
  domains: {
    ...GOOD,
    token: sampleToken('b4'),
    shows: 'domains and their records as well',
    scopes: [...NEEDED_SCOPES, ...verbs('domain', 'create', 'read', 'update', 'delete')],
  },
  expired: { ...GOOD, token: sampleToken('a6'), shows: '401', valid: false },
  locked: {
    ...GOOD,
    token: sampleToken('a7'),
    shows: 'a locked account: creating is refused',
    account: 'locked',
    team: 'locked',
  },
  unverified: {
    ...GOOD,
    token: sampleToken('a8'),
    shows: 'an account with an unverified e-mail address: creating is refused',
    account: 'unverified',
    team: 'unverified',
  },
  warning: {
    ...GOOD,
    token: sampleToken('a9'),
    shows: 'an account with a warning: everything works',
    account: 'warning',
    team: 'warning',
  },
  limitReached: {
    ...GOOD,
    token: sampleToken('b0'),
    shows: 'three of three droplets in use',
    team: 'full',
    dropletLimit: 3,
  },
  expiresSoon: {
    ...GOOD,
    token: sampleToken('b1'),
    shows: 'expires in an hour',
    expiresInSeconds: 3600,
  },
  scopesInHeader: {
    ...GOOD,
    token: sampleToken('b2'),
    shows: 'no token info; scopes come with the account in X-OAuth-Scopes',
    introspection: 'header',
  },
  scopesUnknown: {
    ...GOOD,
    token: sampleToken('b3'),
    shows: 'scopes can only be found by trying',
    introspection: 'none',
  },
} satisfies Record<string, SandboxToken>;

export function findToken(token: string): SandboxToken | undefined {
  return Object.values<SandboxToken>(SANDBOX_TOKENS).find((known) => known.token === token);
}

export function hasScope(token: SandboxToken, scope: string): boolean {
  const { scopes } = token;
  if (scopes.includes(scope) || scopes.includes('api:write')) return true;
  return scope.endsWith(':read') && scopes.includes('api:read');
}

function verbs(resource: string, ...names: readonly string[]): string[] {
  return names.map((verb) => `${resource}:${verb}`);
}
