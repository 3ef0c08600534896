import { InputError } from '../core/errors.js';
import { ENV } from '../core/product.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { requireUsableToken, type TokenReport } from '../services/digitalocean/token-check.js';
import { requireTokenFormat } from '../services/digitalocean/token-format.js';
import { KeystoreError, TOKEN_KEY } from '../services/keystore/keystore.js';
import { TOKEN_STAYS_VALID, tokenLines } from '../words/token.js';
import type { Confirming } from './face.js';
import { requireLastingStore, requireStore } from './stores.js';
import type { KeyWork, Services, Work } from './work.js';

type TokenSources = Pick<Services, 'suppliedTokens' | 'keystore' | 'redactor'>;
type TokenWork = TokenSources & Pick<Work, 'typedToken'>;

export type FoundToken =
  | { readonly origin: 'none'; readonly secret?: undefined }
  | { readonly origin: 'environment' | 'store' | 'sandbox'; readonly secret: string };

/** Finds the token: the environment's first, since it was given for this run; the sandbox's sample last. */
export async function findToken({
  suppliedTokens,
  keystore,
  redactor,
}: TokenSources): Promise<FoundToken> {
  const { environment, sandbox } = suppliedTokens;
  if (environment !== undefined) return found('environment', environment, redactor);
  const saved = await keystore.get(TOKEN_KEY);
  if (saved !== undefined) return found('store', saved, redactor);
  return sandbox === undefined ? { origin: 'none' } : found('sandbox', sandbox, redactor);
}

function found(
  origin: Exclude<FoundToken['origin'], 'none'>,
  secret: string,
  redactor: Services['redactor'],
): FoundToken {
  redactor.add(secret);
  return { origin, secret };
}

/** The typed token, or one at hand. Throws `token-missing` when there is neither. */
export async function requireToken(work: TokenWork): Promise<string> {
  const secret = work.typedToken ?? (await findToken(work)).secret;
  if (secret !== undefined) return secret;
  throw new InputError({
    code: 'token-missing',
    message: `There is no DigitalOcean API token in the environment or in ${work.keystore.title}.`,
    hint: [{ command: 'token.set' }, `Or set ${ENV.cloudToken}.`],
  });
}

/** A client for the token at hand whose retries are shown as progress. */
export async function openApi(
  work: TokenWork & Pick<Work, 'createApi'> & { readonly face: Pick<Confirming, 'progress'> },
): Promise<DigitalOceanApi> {
  const api = work.createApi(await requireToken(work));
  // Waits by call: the success of one call does not end the retries of another.
  const waits = new Map<string, string>();
  api.onRetry(({ method, path, reason, waitMs }) => {
    const wait = `${reason}, next try in ${Math.max(1, Math.ceil(waitMs / 1_000))} s`;
    waits.set(`${method} ${path}`, wait);
    work.face.progress(wait);
  });
  api.onCall(({ method, path, status }) => {
    if (status === undefined || status >= 400) return;
    if (waits.delete(`${method} ${path}`)) work.face.progress([...waits.values()].at(-1));
  });
  return api;
}

/** Asks for a token and saves it. Throws TokenError for one that cannot be used. */
export async function setToken(work: Work): Promise<TokenReport> {
  const { face, keystore } = work;
  // A faulty store is reported before a secret is pasted.
  await requireLastingStore(work);
  await keystore.probe();
  const typed = await face.secret({ field: 'DigitalOcean API token (not shown)' });
  const report = await saveToken(typed, work);
  requireUsableToken(report);
  for (const line of tokenLines(report)) face.say(line);
  face.say(`Saved in ${keystore.title}.`, 'ok');
  return report;
}

/** Saves a typed token, but only once DigitalOcean accepts it, with the scopes it needs and no dangerous ones. */
export async function saveToken(typed: string, work: KeyWork): Promise<TokenReport> {
  const { keystore, redactor, signal, news } = work;
  redactor.add(typed.trim());
  const token = requireTokenFormat(typed);
  await requireStore(work);
  const api = await openApi({ ...work, typedToken: token });
  const report = await work.checkToken(api, signal);
  signal.throwIfAborted();
  if (!report.ok) return report;
  await keystore.set(TOKEN_KEY, token);
  if ((await keystore.get(TOKEN_KEY)) !== token) throw notKept(keystore.title);
  news({ kind: 'token-changed' });
  return report;
}

/** Asks DigitalOcean about the token at hand. */
export async function checkToken(work: KeyWork): Promise<TokenReport> {
  const token = requireTokenFormat(await requireToken(work));
  const api = await openApi({ ...work, typedToken: token });
  return await work.checkToken(api, work.signal);
}

/** Like `checkToken`, for a command: says where the token is from, and everything known about it. */
export async function describeToken(work: KeyWork): Promise<TokenReport> {
  const { face, keystore, suppliedTokens } = work;
  const report = await checkToken(work);
  const origin = suppliedTokens.environment === undefined ? keystore.title : ENV.cloudToken;
  face.say(`Token from ${origin}:`);
  for (const line of tokenLines(report)) face.say(line);
  return report;
}

/** Deletes the saved token. DigitalOcean still accepts it. False: there was none. */
export async function forgetToken(work: KeyWork): Promise<boolean> {
  const { face, keystore, suppliedTokens, news } = work;
  const found = await keystore.delete(TOKEN_KEY);
  if (found) news({ kind: 'token-changed' });
  face.say(found ? `Deleted from ${keystore.title}.` : `No token in ${keystore.title}.`, 'ok');
  if (found) face.say(TOKEN_STAYS_VALID);
  if (suppliedTokens.environment !== undefined)
    face.say(`${ENV.cloudToken} is still set and stays in use.`, 'warn');
  return found;
}

function notKept(title: string): KeystoreError {
  return new KeystoreError({
    code: 'store-failed',
    message: `${title} did not give the token back as it was stored.`,
    hint: { command: 'doctor' },
  });
}
