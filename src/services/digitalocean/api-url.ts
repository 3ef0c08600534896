import { cleanLine } from '../../core/clean.js';
import { InputError } from '../../core/errors.js';
import { ENV } from '../../core/product.js';
import { isLoopbackHost } from '../network/addresses.js';

export const DEFAULT_API_URL = 'https://api.digitalocean.com/';

const DEFAULT_HOST = 'api.digitalocean.com';
const TOKEN_INFO_PATH = 'v1/oauth/token/info';
const TOKEN_INFO_OF_DEFAULT = `https://cloud.digitalocean.com/${TOKEN_INFO_PATH}`;
const SETTING = 'DIGITALOCEAN_API_URL';

/**
 * The base URL of the API: https anywhere, plain http for this machine's loopback only, since the token is sent
 * there. It may have a path prefix; the result always ends with a slash. InputError for anything else.
 */
export function requireApiUrl(text: string): URL {
  const url = parse(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw problem(`must begin with https://, not ${url.protocol}//`);
  if (url.username !== '' || url.password !== '')
    throw problem(
      'must not contain a user name or password',
      `Leave them out; the token comes from ${ENV.cloudToken} or the credential store.`,
    );
  if (url.search !== '' || text.includes('?'))
    throw problem('must not contain a query', 'Leave out everything from the "?" on.');
  if (url.hash !== '' || text.includes('#'))
    throw problem('must not contain a fragment', 'Leave out everything from the "#" on.');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw problem(
      `would send the token in the clear to ${url.hostname}`,
      'Use https://. Plain http is accepted for this machine only (localhost, 127.0.0.1, [::1]).',
    );
  if (/\/v2\/*$/.test(url.pathname))
    throw problem('must not end with /v2', 'Leave out /v2: the program adds it.');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}

/** True when the API runs on this machine; its droplets may then have non-public addresses. */
export function isLoopbackApi(url: URL | string): boolean {
  return isLoopbackHost((typeof url === 'string' ? requireApiUrl(url) : url).hostname);
}

/**
 * Gives the URL that reveals a token's scopes: a host of its own at DigitalOcean, below the base of
 * any other API.
 */
export function tokenInfoUrl(base: URL): URL {
  return base.hostname === DEFAULT_HOST
    ? new URL(TOKEN_INFO_OF_DEFAULT)
    : new URL(TOKEN_INFO_PATH, base);
}

function parse(text: string): URL {
  const trimmed = text.trim();
  if (trimmed === '') throw problem('is empty', `Unset it, or set it to ${DEFAULT_API_URL}`);
  if (/\s/.test(trimmed) || cleanLine(trimmed) !== trimmed) throw problem('contains white space');
  try {
    return new URL(trimmed);
  } catch {
    throw problem('is not a URL', `For example: ${DEFAULT_API_URL} or http://127.0.0.1:8080/`);
  }
}

function problem(what: string, hint?: string): InputError {
  return new InputError({
    code: 'api-url-invalid',
    message: `${SETTING} ${what}.`,
    hint: hint ?? `For example: ${DEFAULT_API_URL} or http://127.0.0.1:8080/`,
  });
}
