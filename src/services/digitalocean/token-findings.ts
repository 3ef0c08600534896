import { TOKENS_PAGE } from '../../core/product.js';
import type { Account } from './api.js';
import { RESOURCE_GROUPS } from './scopes.js';

/** Finding about the token or its account, as text. */
export interface TokenFinding {
  /** `token-invalid`, `account-locked`, `email-unverified`, `droplet-limit`, `expires-soon`, `account-warning`, `scopes-unverified` */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const EXPIRES_SOON_DAYS = 7;

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
      message: `The e-mail address ${account.email} is not verified, so DigitalOcean makes no droplets.`,
      hint: 'Open the link in DigitalOcean’s e-mail, or have it sent again at https://cloud.digitalocean.com.',
    });
  if (dropletLimit !== undefined && dropletsUsed !== undefined && dropletsUsed >= dropletLimit)
    problems.push({
      code: 'droplet-limit',
      message: `The account has ${dropletsUsed} of ${dropletLimit} droplets, so no other can be made.`,
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
  if (expiresInDays !== undefined && expiresInDays < EXPIRES_SOON_DAYS)
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

function inDays(days: number): string {
  if (days < 1) return 'within a day';
  return days === 1 ? 'in a day' : `in ${days} days`;
}
