import type { TokenReport } from '../services/digitalocean/token-check.js';
import { TOKENS_PAGE } from '../core/product.js';
import { inDays } from '../core/time.js';
import type { Table } from './formats.js';
import type { Confirmation } from './question.js';

export const TOKEN_STAYS_VALID = `DigitalOcean still accepts it. If you no longer need it, delete it there too: ${TOKENS_PAGE}`;

/** One line a fact, aligned for a terminal. */
export function tokenLines(report: TokenReport): readonly string[] {
  const { valid, missing, dangerous, problems, warnings, notices } = report;
  return [
    ...(valid ? [validLine(report)] : []),
    ...scopeLine('missing', missing),
    ...scopeLine('dangerous', dangerous),
    ...problems.map(({ message, hint }) => `  problem  ${message} ${hint}`),
    ...warnings.map(({ message, hint }) => `  note     ${message} ${hint}`),
    ...notices.map(({ scope, reason }) => `  note     ${scope}: ${reason}`),
  ];
}

function validLine(report: TokenReport): string {
  const { account, dropletsUsed, dropletLimit, expiresInDays, unverified } = report;
  const facts = [
    ...(account === undefined ? [] : [`account ${account.status}`]),
    ...(dropletsUsed === undefined || dropletLimit === undefined
      ? []
      : [`${dropletsUsed} of ${dropletLimit} droplets used`]),
    ...(expiresInDays === undefined ? [] : [`expires in ${expiresInDays} days`]),
  ];
  const owner = account?.email ?? 'may not read its account';
  const word = unverified.length === 0 ? 'valid' : 'accepted';
  return `  ok       ${word}: ${owner}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function scopeLine(fault: string, scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? [] : [`  problem  ${fault} scopes: ${scopes.join(', ')}`];
}

/** An account as it is listed. */
export interface ListedAccount {
  readonly name: string;
  /** Undefined where it is not known. */
  readonly email: string | undefined;
  /** Commands without `--account` use it. */
  readonly isCurrent: boolean;
  readonly hasToken: boolean;
  /** Whole days, rounded down; undefined for a token that does not expire, or where DigitalOcean did not say. */
  readonly expiresInDays: number | undefined;
  /** Why DigitalOcean did not answer for it. */
  readonly problem: string | undefined;
}

/** Accounts, and below them what is wrong. */
export function accountTable(accounts: readonly ListedAccount[]): readonly [Table, ...string[]] {
  return [
    {
      head: ['ACCOUNT', 'E-MAIL', 'TOKEN', ''],
      rows: accounts.map(({ name, email, isCurrent, hasToken, expiresInDays }) => [
        name,
        email ?? '-',
        hasToken ? savedText(expiresInDays) : 'none',
        isCurrent ? 'current' : '',
      ]),
    },
    ...accounts.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`${name}: ${problem}`],
    ),
  ];
}

/** `account`: its name, where there are several. */
export function tokenExpiryText(days: number, account?: string): string {
  const whose = account === undefined ? '' : ` of the account ${account}`;
  return `The API token${whose} expires ${inDays(days)}.`;
}

function savedText(days: number | undefined): string {
  return days === undefined ? 'saved' : `saved, expires ${inDays(days)}`;
}

/** `sammy@example.com (My Team)` */
export function accountText({
  email,
  teamName,
}: {
  readonly email: string;
  readonly teamName?: string | undefined;
}): string {
  return teamName === undefined ? email : `${email} (${teamName})`;
}

export function forgetAccountQuestion(name: string): Confirmation {
  return {
    title: `Forget the account ${name}?`,
    lines: [
      'Its token is deleted from this machine. Its servers stay in the list and keep running, but their droplets cannot be managed from here.',
      TOKEN_STAYS_VALID,
    ],
    yes: 'Forget',
    danger: true,
    effect: 'forget it',
  };
}
