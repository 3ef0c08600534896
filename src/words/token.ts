import type { TokenReport } from '../services/digitalocean/token-check.js';
import { TOKENS_PAGE } from '../core/product.js';

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
