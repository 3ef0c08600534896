import { PortlamaError } from '../../core/errors.js';
import { MANAGED_TAG, TOKENS_PAGE } from '../../core/product.js';
import type { Account, DigitalOceanApi, TokenInfo } from './api.js';
import { ApiError } from './api-error.js';
import {
  accountProblems,
  judgeScopes,
  REQUIRED_SCOPES,
  RESOURCE_GROUPS,
  type ScopeNotice,
  type TokenFinding,
  tokenWarnings,
} from './scopes.js';

/** Everything that is known of a token before it is used. */
export interface TokenReport {
  /**
   * True when usable: accepted, nothing missing, nothing dangerous, no problem. Unverified scopes
   * do not count.
   */
  readonly ok: boolean;
  /** DigitalOcean accepts it. */
  readonly valid: boolean;
  /** Undefined where the token may not read it. */
  readonly account: Account | undefined;
  readonly dropletsUsed: number | undefined;
  readonly dropletLimit: number | undefined;
  /** Whole days, rounded down; undefined for a token that does not expire, or where DigitalOcean did not say. */
  readonly expiresInDays: number | undefined;
  /** Required scopes that it lacks. */
  readonly missing: readonly string[];
  /** Scopes for which it is refused. */
  readonly dangerous: readonly string[];
  /** Required scopes that could not be verified. */
  readonly unverified: readonly string[];
  readonly notices: readonly ScopeNotice[];
  /** Why it cannot be used, scopes aside. */
  readonly problems: readonly TokenFinding[];
  /** Worth knowing; does not hinder. */
  readonly warnings: readonly TokenFinding[];
}

/** The token, or its account, cannot be used. */
export class TokenError extends PortlamaError {
  override readonly name = 'TokenError';
}

const SECONDS_PER_DAY = 86_400;
const NEW_TOKEN = `Create a new token at ${TOKENS_PAGE} with custom scopes: tick ${RESOURCE_GROUPS.join(', ')} and nothing else.`;

/** Asks DigitalOcean about the token. A refused token is a report; an API that cannot be reached rejects with ApiError. */
export async function checkToken(api: DigitalOceanApi, signal?: AbortSignal): Promise<TokenReport> {
  try {
    const [account, info, droplets] = await Promise.all([
      ifAllowed(api.getAccount(signal)),
      api.getTokenInfo(signal),
      ifAllowed(api.listDroplets(undefined, signal)),
    ]);
    const scopes =
      info.scopes === undefined
        ? await probeScopes(api, account !== undefined, droplets !== undefined, signal)
        : { ...judgeScopes(info.scopes), unverified: [] };
    return report(account, info, droplets?.length, scopes);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'token-invalid') throw error;
    return refused(error);
  }
}

/** Throws TokenError that names the first reason for which the token cannot be used. */
export function requireUsableToken(report: TokenReport): void {
  const [problem] = report.problems;
  if (!report.valid && problem !== undefined) throw new TokenError(problem);
  if (report.dangerous.length > 0)
    throw new TokenError({
      code: 'token-scopes-dangerous',
      message: `The token may do more than it should: ${report.dangerous.join(', ')}.`,
      hint: `Portlama refuses tokens that could touch anything but its own servers. ${NEW_TOKEN}`,
    });
  if (report.missing.length > 0)
    throw new TokenError({
      code: 'token-scopes-missing',
      message: `The token lacks the scopes ${report.missing.join(', ')}.`,
      hint: NEW_TOKEN,
    });
  if (problem !== undefined) throw new TokenError(problem);
}

interface KnownScopes {
  readonly missing: readonly string[];
  readonly dangerous: readonly string[];
  readonly unverified: readonly string[];
  readonly notices: readonly ScopeNotice[];
}

function report(
  account: Account | undefined,
  info: TokenInfo,
  dropletsUsed: number | undefined,
  scopes: KnownScopes,
): TokenReport {
  const expiresInDays =
    info.expiresInSeconds === undefined
      ? undefined
      : Math.floor(info.expiresInSeconds / SECONDS_PER_DAY);
  const problems = accountProblems(account, dropletsUsed);
  return {
    ok: scopes.missing.length + scopes.dangerous.length + problems.length === 0,
    valid: true,
    account,
    dropletsUsed,
    dropletLimit: account?.dropletLimit,
    expiresInDays,
    ...scopes,
    problems,
    warnings: tokenWarnings(account, expiresInDays, scopes.unverified),
  };
}

function refused(error: ApiError): TokenReport {
  return {
    ok: false,
    valid: false,
    account: undefined,
    dropletsUsed: undefined,
    dropletLimit: undefined,
    expiresInDays: undefined,
    missing: [],
    dangerous: [],
    unverified: REQUIRED_SCOPES,
    notices: [],
    problems: [
      {
        code: 'token-invalid',
        message: 'DigitalOcean does not accept the token.',
        hint: error.hint ?? NEW_TOKEN,
      },
    ],
    warnings: [],
  };
}

/**
 * Probes the scopes when DigitalOcean does not reveal them: read rights can be tested, write rights
 * cannot.
 */
async function probeScopes(
  api: DigitalOceanApi,
  canReadAccount: boolean,
  canReadDroplets: boolean,
  signal: AbortSignal | undefined,
): Promise<KnownScopes> {
  const [keys, regions, tag] = await Promise.all([
    isAllowed(api.listSshKeys(signal)),
    isAllowed(api.listRegions(signal)),
    isAllowed(api.getTag(MANAGED_TAG, signal)),
  ]);
  const probed: Readonly<Record<string, boolean>> = {
    'account:read': canReadAccount,
    'droplet:read': canReadDroplets,
    'ssh_key:read': keys,
    'regions:read': regions,
    'tag:read': tag,
  };
  return {
    missing: REQUIRED_SCOPES.filter((scope) => probed[scope] === false),
    dangerous: [],
    unverified: REQUIRED_SCOPES.filter((scope) => probed[scope] === undefined),
    notices: [],
  };
}

/** Undefined where the token may not. */
async function ifAllowed<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'scope-missing') return undefined;
    throw error;
  }
}

async function isAllowed(call: Promise<unknown>): Promise<boolean> {
  return (await ifAllowed(call.then(() => true))) ?? false;
}
