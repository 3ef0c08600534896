import { ApiError, type Call } from '../api-error.js';
import type { DigitalOceanApi, TokenInfo } from '../api.js';
import { tokenInfoUrl } from '../api-url.js';
import type { Caller } from '../caller.js';
import { cleanForeignText } from '../foreign-text.js';
import { readAll, readOne } from './reading.js';

const GET_ACCOUNT: Call = {
  method: 'GET',
  path: '/v2/account',
  purpose: 'read the account',
  scope: 'account:read',
};
const GET_TOKEN_INFO: Call = {
  method: 'GET',
  path: '/v1/oauth/token/info',
  purpose: 'read what the token may do',
  scope: 'account:read',
};
/** Short budget: another way to find out exists. */
const TOKEN_INFO_BUDGET_MS = 3000;
const TOKEN_INFO_TIMEOUT_MS = 8000;
const FORBIDDEN = 403;

export function accountCalls(
  caller: Caller,
  baseUrl: URL,
): Pick<DigitalOceanApi, 'getAccount' | 'getTokenInfo'> {
  return {
    getAccount: (signal) => readOne(caller, GET_ACCOUNT, (bodies) => bodies.account, { signal }),

    async getTokenInfo(signal) {
      const info = await askTokenInfo(caller, baseUrl, signal);
      if (info?.scopes !== undefined && info.scopes.length > 0) return info;
      return {
        scopes: await askScopesHeader(caller, signal),
        expiresInSeconds: info?.expiresInSeconds,
      };
    },
  };
}

async function askTokenInfo(
  caller: Caller,
  baseUrl: URL,
  signal: AbortSignal | undefined,
): Promise<TokenInfo | undefined> {
  try {
    return await readOne(caller, GET_TOKEN_INFO, (bodies) => bodies.tokenInfo, {
      signal,
      url: tokenInfoUrl(baseUrl),
      budgetMs: TOKEN_INFO_BUDGET_MS,
      timeoutMs: TOKEN_INFO_TIMEOUT_MS,
    });
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Undocumented; a token that may not read the account may still be told. */
async function askScopesHeader(
  caller: Caller,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  const { value } = await caller(GET_ACCOUNT, {
    signal,
    accept: [FORBIDDEN],
    read: ({ headers }) => [headers['x-oauth-scopes'] ?? []].flat().join(' '),
  });
  const scopes = value
    .split(/[\s,]+/)
    .map((scope) => cleanForeignText(scope))
    .filter((scope) => scope !== '');
  return scopes.length > 0 ? scopes : undefined;
}

export function catalogueCalls(caller: Caller): Pick<DigitalOceanApi, 'listRegions' | 'listSizes'> {
  return {
    listRegions: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/regions',
          purpose: 'list the regions',
          scope: 'regions:read',
        },
        (bodies) => bodies.regions,
        signal,
      ),

    listSizes: (signal) =>
      readAll(
        caller,
        { method: 'GET', path: '/v2/sizes', purpose: 'list the sizes', scope: 'sizes:read' },
        (bodies) => bodies.sizes,
        signal,
      ),
  };
}
