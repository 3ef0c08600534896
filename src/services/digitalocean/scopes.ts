import { TOKENS_PAGE } from '../../core/product.js';
import { inDays } from '../../core/time.js';
import type { Account } from './api.js';

/** The least a token must be allowed to do. */
export const REQUIRED_SCOPES = [
  'account:read',
  'droplet:create',
  'droplet:read',
  'droplet:delete',
  'ssh_key:create',
  'ssh_key:read',
  'ssh_key:delete',
  'tag:create',
  'tag:read',
  'regions:read',
] as const;

/** The groups to tick in DigitalOcean's token page. */
export const RESOURCE_GROUPS = ['account', 'droplet', 'regions', 'ssh_key', 'tag'] as const;

export interface ScopeNotice {
  readonly scope: string;
  readonly reason: string;
}

export interface ScopeVerdict {
  /** Required ones that the token lacks. */
  readonly missing: readonly string[];
  /** Forbidden scopes that the token has, by DigitalOcean's names. */
  readonly dangerous: readonly string[];
  /** Allowed, but worth a sentence. */
  readonly notices: readonly ScopeNotice[];
}

/** Groups in which every sub-scope is allowed: those to tick, and DNS. Of `account` only reading is. */
const OPEN_GROUPS: ReadonlySet<string> = new Set([
  'droplet',
  'regions',
  'ssh_key',
  'tag',
  'domain',
]);
const READ_VERBS: ReadonlySet<string> = new Set(['read', 'list']);
const FULL_ACCESS: ReadonlySet<string> = new Set(['api:write', 'write', '*', '*:*', 'api:*']);
const READ_ALL: ReadonlySet<string> = new Set(['api:read', 'read']);
/**
 * Scopes that DigitalOcean adds to `tag:create` and to `droplet:create`
 * (https://docs.digitalocean.com/reference/api/scopes/tag/create and .../droplet/create,
 * "Associated Scopes").
 */
const ADDED_WITH_TAG_CREATE: ReadonlySet<string> = new Set(
  'app database reserved_ip image load_balancer addon spaces firewall kubernetes'
    .split(' ')
    .map((resource) => `${resource}:update`),
);
const ADDED_WITH_DROPLET_CREATE: ReadonlySet<string> = new Set(['monitoring:create']);
const DATABASE_CREATE = 'database:create';

/** Judges a token by its scopes, regardless of case and order. */
export function judgeScopes(scopes: readonly string[]): ScopeVerdict {
  const granted = new Set(scopes.flatMap((text) => text.toLowerCase().split(/[\s,]+/)));
  granted.delete('');
  const refused = [...granted].filter((scope) => !isAllowed(scope, granted));
  const tolerated = toleratesDatabaseCreate(granted, refused);
  return {
    missing: REQUIRED_SCOPES.filter((scope) => !covers(granted, scope)),
    dangerous: refused.filter((scope) => !(tolerated && scope === DATABASE_CREATE)).sort(),
    notices: tolerated ? [{ scope: DATABASE_CREATE, reason: DATABASE_NOTICE }] : [],
  };
}

const DATABASE_NOTICE =
  'DigitalOcean adds it to every token that may create droplets. It is not used here.';

function isAllowed(scope: string, granted: ReadonlySet<string>): boolean {
  if (FULL_ACCESS.has(scope)) return false;
  if (READ_ALL.has(scope)) return true;
  const [group = '', verb = '', ...rest] = scope.split(':');
  if (group === '' || verb === '' || rest.length > 0) return false;
  if (READ_VERBS.has(verb) || OPEN_GROUPS.has(group)) return true;
  if (ADDED_WITH_TAG_CREATE.has(scope)) return covers(granted, 'tag:create');
  return ADDED_WITH_DROPLET_CREATE.has(scope) && covers(granted, 'droplet:create');
}

/** Added by itself, so no refusal, unless the token can do more to databases than what is added by itself. */
function toleratesDatabaseCreate(
  granted: ReadonlySet<string>,
  refused: readonly string[],
): boolean {
  return (
    granted.has(DATABASE_CREATE) &&
    covers(granted, 'droplet:create') &&
    refused.every((scope) => scope === DATABASE_CREATE || !scope.startsWith('database:'))
  );
}

/** Also by a scope that stands for many: the older tokens know only reading and writing. */
function covers(granted: ReadonlySet<string>, scope: string): boolean {
  const [group, verb] = scope.split(':');
  if (granted.has(scope) || granted.has(`${group}:*`)) return true;
  if ([...FULL_ACCESS].some((full) => granted.has(full))) return true;
  return verb === 'read' && [...READ_ALL].some((all) => granted.has(all));
}

/** Finding about the token or its account, as text. */
export interface TokenFinding {
  /** `token-invalid`, `account-locked`, `email-unverified`, `droplet-limit`, `expires-soon`, `account-warning`, `scopes-unverified` */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const EXPIRES_SOON_DAYS = 14;

/** True from 14 days before the end on; undefined days: it does not expire, or is not known. */
export function expiresSoon(days: number | undefined): days is number {
  return days !== undefined && days < EXPIRES_SOON_DAYS;
}

/** Why the account can make no droplet. */
export function accountProblems(
  account: Account | undefined,
  dropletsUsed: number | undefined,
): TokenFinding[] {
  if (account === undefined) return [];
  const problems: TokenFinding[] = [];
  const { status, emailVerified, statusMessage, dropletLimit } = account;
  if (status === 'locked')
    problems.push({
      code: 'account-locked',
      message: `DigitalOcean has locked the account ${account.email}${inBrackets(statusMessage)}.`,
      hint: 'A missing payment method is the usual reason: see https://cloud.digitalocean.com/account/billing, or ask DigitalOcean’s support.',
    });
  if (!emailVerified)
    problems.push({
      code: 'email-unverified',
      message: `The e-mail address ${account.email} is not verified, so DigitalOcean creates no droplets.`,
      hint: 'Open the link in DigitalOcean’s e-mail, or have it sent again at https://cloud.digitalocean.com.',
    });
  if (dropletLimit !== undefined && dropletsUsed !== undefined && dropletsUsed >= dropletLimit)
    problems.push({
      code: 'droplet-limit',
      message: `The account has ${dropletsUsed} of ${dropletLimit} droplets, so no more can be created.`,
      hint: 'Destroy one, or ask for more at https://cloud.digitalocean.com/account/team/droplet_limit_increase.',
    });
  return problems;
}

/** Warnings about a usable token. */
export function tokenWarnings(
  account: Account | undefined,
  expiresInDays: number | undefined,
  unverified: readonly string[],
): TokenFinding[] {
  const warnings: TokenFinding[] = [];
  if (expiresSoon(expiresInDays))
    warnings.push({
      code: 'expires-soon',
      message: `The token expires ${inDays(expiresInDays)}.`,
      hint: `Create a new one in time at ${TOKENS_PAGE}: destroying a server needs it too.`,
    });
  if (account?.status === 'warning')
    warnings.push({
      code: 'account-warning',
      message: `DigitalOcean warns about the account${inBrackets(account.statusMessage)}.`,
      hint: 'See https://cloud.digitalocean.com/account/billing.',
    });
  if (unverified.length > 0)
    warnings.push({
      code: 'scopes-unverified',
      message: `These scopes could not be verified: ${unverified.join(', ')}.`,
      hint: `Make sure that the token has the groups ${RESOURCE_GROUPS.join(', ')} and no others.`,
    });
  return warnings;
}

/** Describes a usable token: "valid" only when its scopes were seen. */
export function acceptanceLines({
  account,
  warnings,
}: {
  readonly account: Account | undefined;
  readonly warnings: readonly TokenFinding[];
}): readonly string[] {
  const email = account?.email ?? 'unknown';
  const unverified = warnings.find(({ code }) => code === 'scopes-unverified');
  if (unverified === undefined) return [`token is valid for ${email}`];
  const { message, hint } = unverified;
  return [`token is accepted for ${email}, and not known to be sufficient`, `${message} ${hint}`];
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text.replace(/\.$/, '')})`;
}
