import { isIP } from 'node:net';
import { InputError } from '../../core/errors.js';
import { PANEL_PORT } from '../../core/product.js';
import { freeLabel, LABEL_MAX_LENGTH } from '../../core/label.js';

const HTTPS_PORT = 443;
const MAX_URL_LENGTH = 2048;
const EXAMPLE = `https://203.0.113.42:${PANEL_PORT}`;

/** Address of a panel. */
export interface PanelUrl {
  /** Scheme, host and port alone: `https://203.0.113.42:9292`, `https://panel.example.com`. */
  readonly url: string;
  /** Lower case, without brackets and final dot; an address is in its usual notation. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads what a person types or pastes as a panel's address. HTTPS only; `https://` may be left out. Without a port
 * an address means 9292, where an installation without a domain has its panel, and a name means 443, where one with
 * a domain has it. Path, query and fragment, as a browser's address bar has them, are dropped. InputError for
 * anything else, a user name or password among it.
 */
export function parsePanelUrl(text: string): PanelUrl {
  const typed = text.trim();
  requirePlain(typed);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  if (!/^https:\/\//i.test(withScheme)) throw notHttps();
  if (/^https:\/\/[^/?#]*@/i.test(withScheme)) {
    throw problem(
      'must not contain a user name or password',
      `Leave out everything up to the "@". The panel is opened with a certificate instead.`,
    );
  }
  if (!URL.canParse(withScheme)) throw unreadable(withScheme);
  const url = new URL(withScheme);
  const host = requireHost(url.hostname);
  const port = url.port === '' ? portLeftOut(withScheme, host) : Number(url.port);
  if (port === 0) throw problem('has no valid port', 'A port is a number from 1 to 65535.');
  return { url: urlOf(host, port), host, port };
}

/**
 * The host that a text names, in its one usual notation: `127.0.0.1` for `0x7f.1`, `017700000001`, `2130706433` and
 * `127.0.0.1.`. InputError when it names none.
 */
export function canonicalHost(text: string): string {
  const bare = /^\[.*\]$/.test(text) ? text.slice(1, -1) : text;
  const bracketed = bare.includes(':') ? `[${bare}]` : bare;
  // Whatever would end the host inside of a URL is not part of a host.
  if (bare === '' || /[\s\p{Cc}/\\?#@]/u.test(bare)) throw unreadable(text);
  const url = `https://${bracketed}`;
  if (!URL.canParse(url)) throw unreadable(url);
  return requireHost(new URL(url).hostname);
}

/**
 * Refuses backslashes, which count as slashes in URLs, and line breaks, which vanish: neither is
 * visible to a reader.
 */
function requirePlain(typed: string): void {
  if (typed === '') throw problem('is missing');
  if (typed.length > MAX_URL_LENGTH) throw problem('is too long');
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(typed))
    throw problem('contains a space, a backslash or a control character');
}

/** `hostname` as the URL parser gives it. */
function requireHost(hostname: string): string {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0 || HOST_NAME.test(host)) return host;
  throw problem('has no valid host name', `For example: ${EXAMPLE} or https://panel.example.com`);
}

/** RFC 1123, 2.1; in ASCII, as the URL parser gives names of other scripts. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The URL parser leaves out `:443` even when it was typed. */
function portLeftOut(withScheme: string, host: string): number {
  const typed = /^https:\/\/(?:\[[^\]]*\]|[^/?#:]*):0*443(?:[/?#]|$)/i.test(withScheme);
  return typed || isIP(host) === 0 ? HTTPS_PORT : PANEL_PORT;
}

function urlOf(host: string, port: number): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return port === HTTPS_PORT ? `https://${shown}` : `https://${shown}:${port}`;
}

function unreadable(withScheme: string): InputError {
  if (/\[[^\]]*%/.test(withScheme))
    return problem(
      'has a zone (%…), which only this machine knows',
      'Use the server’s public address.',
    );
  if (/:\d{5,}(?:[/?#]|$)/.test(withScheme))
    return problem('has no valid port', 'A port is a number from 1 to 65535.');
  return problem('cannot be understood');
}

function notHttps(): InputError {
  return new InputError({
    code: 'panel-url-not-https',
    message: 'A panel is reached by HTTPS only.',
    hint: `Begin the address with https://, as in ${EXAMPLE}`,
  });
}

function problem(what: string, hint = `For example: ${EXAMPLE}`): InputError {
  return new InputError({
    code: 'panel-url-invalid',
    message: `The address of the panel ${what}.`,
    hint,
  });
}

const FALLBACK = 'server';

/** A valid label made of a host name (`panel-example-com`), unlike all that are taken: `panel-example-com-2`. */
export function suggestedLabel(host: string, taken: readonly string[] = []): string {
  const words = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return freeLabel(words.slice(0, LABEL_MAX_LENGTH).replace(/-$/, '') || FALLBACK, taken);
}
