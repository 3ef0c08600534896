import { QUESTION_HELP } from '../words/question-help.js';
import { InputError, quoted } from '../core/errors.js';
import { DEFAULT_ACCOUNT, ENV } from '../core/product.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { requireUsableToken, type TokenReport } from '../services/digitalocean/token-check.js';
import { requireTokenFormat } from '../services/digitalocean/token-format.js';
import {
  type AccountFacts,
  learnAccount,
  requireAccountName,
} from '../services/accounts/account-book.js';
import { KeystoreError, tokenKey } from '../services/keystore/keystore.js';
import { TOKEN_STAYS_VALID, tokenLines } from '../words/token.js';
import type { Confirming } from './face.js';
import { requireLastingStore, requireStore } from './stores.js';
import type { KeyWork, Services, Work } from './work.js';

type TokenSources = Pick<Services, 'suppliedTokens' | 'keystore' | 'redactor' | 'accounts'>;
type TokenWork = TokenSources & Pick<Work, 'typedToken'>;

export type FoundToken =
  | { readonly origin: 'none'; readonly secret?: undefined }
  | { readonly origin: 'environment' | 'store' | 'sandbox'; readonly secret: string };

/**
 * Finds the token: that of `--account`, else the environment's, since it was given for this run, else that of the current
 * account; the sandbox's sample last.
 */
export async function findToken(work: TokenSources): Promise<FoundToken> {
  const { suppliedTokens, redactor, accounts } = work;
  const { environment } = suppliedTokens;
  if (environment !== undefined && accounts.wish === undefined)
    return found('environment', environment, redactor);
  const name = await currentAccount(work);
  if (name === DEFAULT_ACCOUNT) return await savedToken(name, work);
  return found('store', await requireSavedToken(name, work), redactor);
}

/** The saved token of an account. Throws `token-missing`. */
export async function requireSavedToken(name: string, work: TokenSources): Promise<string> {
  const { secret } = await savedToken(name, work);
  if (secret === undefined) throw tokenOfAccountMissing(name, work.keystore.title);
  return secret;
}

/** The token of an account, whatever the environment says. */
export async function savedToken(
  name: string,
  { keystore, redactor, suppliedTokens: { sandbox } }: TokenSources,
): Promise<FoundToken> {
  const saved = await keystore.get(tokenKey(name));
  if (saved !== undefined) return found('store', saved, redactor);
  const isSample = name === DEFAULT_ACCOUNT && sandbox !== undefined;
  return isSample ? found('sandbox', sandbox, redactor) : { origin: 'none' };
}

/** Name of the account of this run. */
export async function currentAccount({ accounts }: Pick<Services, 'accounts'>): Promise<string> {
  return accounts.wish ?? (await accounts.read()).current;
}

function tokenOfAccountMissing(name: string, title: string): InputError {
  return new InputError({
    code: 'token-missing',
    message: `There is no API token of the account ${name} in ${title}.`,
    hint: [
      { lead: 'Store one with', command: 'token.add', id: name },
      { lead: 'Or use another account', command: 'token.use', id: DEFAULT_ACCOUNT },
    ],
  });
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
  return withProgress(work.createApi(await requireToken(work)), work.face);
}

/** Shows the client's retries as progress. */
export function withProgress(
  api: DigitalOceanApi,
  face: Pick<Confirming, 'progress'>,
): DigitalOceanApi {
  // Waits by call: the success of one call does not end the retries of another.
  const waits = new Map<string, string>();
  api.onRetry(({ method, path, reason, waitMs }) => {
    const wait = `${reason}, next try in ${Math.max(1, Math.ceil(waitMs / 1_000))} s`;
    waits.set(`${method} ${path}`, wait);
    face.progress(wait);
  });
  api.onCall(({ method, path, status }) => {
    if (status === undefined || status >= 400) return;
    if (waits.delete(`${method} ${path}`)) face.progress([...waits.values()].at(-1));
  });
  return api;
}

/** Asks for a token and saves it. Throws TokenError for one that cannot be used. */
export async function setToken(work: Work): Promise<TokenReport> {
  const { face, keystore } = work;
  // A faulty store is reported before a secret is pasted.
  await requireLastingStore(work);
  await keystore.probe();
  const typed = await face.secret({
    field: 'DigitalOcean API token (not shown)',
    help: QUESTION_HELP.apiToken,
  });
  const report = await saveToken(typed, work);
  requireUsableToken(report);
  for (const line of tokenLines(report)) face.say(line);
  face.say(`Saved in ${keystore.title}.`, 'ok');
  return report;
}

/**
 * Saves a typed token for an account, the current one unless another is named, but only once DigitalOcean accepts it, with
 * the scopes it needs and no dangerous ones.
 */
export async function saveToken(typed: string, work: KeyWork, name?: string): Promise<TokenReport> {
  const { keystore, redactor, signal, news, accounts } = work;
  redactor.add(typed.trim());
  const token = requireTokenFormat(typed);
  await requireStore(work);
  const api = withProgress(work.createApi(token), work.face);
  const report = await work.checkToken(api, signal);
  signal.throwIfAborted();
  if (!report.ok) return report;
  const account = name ?? (await currentAccount(work));
  // The name first: a token without one could not be found again.
  const facts = factsOf(report);
  if (account === DEFAULT_ACCOUNT) await learnAccount(accounts, account, facts);
  else
    await accounts.change((book) => ({
      ...book,
      named: [...book.named.filter((each) => each.name !== account), { name: account, ...facts }],
    }));
  const key = tokenKey(account);
  await keystore.set(key, token);
  if ((await keystore.get(key)) !== token) throw notKept(keystore.title);
  news({ kind: 'token-changed' });
  return report;
}

/** Asks DigitalOcean about the token at hand, or about the saved one of a named account. */
export async function checkToken(work: KeyWork, name?: string): Promise<TokenReport> {
  const token = requireTokenFormat(
    name === undefined ? await requireToken(work) : await requireKnownToken(name, work),
  );
  const api = withProgress(work.createApi(token), work.face);
  const report = await work.checkToken(api, work.signal);
  const isOfAccount = name !== undefined || (work.typedToken === undefined && !isSupplied(work));
  if (isOfAccount && report.account !== undefined)
    await learnAccount(work.accounts, name ?? (await currentAccount(work)), factsOf(report));
  return report;
}

function factsOf({ account }: TokenReport): AccountFacts | undefined {
  return account === undefined ? undefined : { email: account.email, team: account.teamId };
}

async function requireKnownToken(wanted: string, work: KeyWork): Promise<string> {
  const name = requireAccountName(wanted);
  if (!(await accountNames(work)).includes(name)) throw accountUnknown(name);
  return await requireSavedToken(name, work);
}

/** Like `checkToken`, for a command: says where the token is from, and everything known about it. */
export async function describeToken(work: KeyWork, name?: string): Promise<TokenReport> {
  const { face, keystore } = work;
  const report = await checkToken(work, name);
  const isEnvironments = name === undefined && isSupplied(work);
  const whose = name === undefined ? '' : ` (account ${name})`;
  face.say(`Token from ${isEnvironments ? ENV.cloudToken : keystore.title}${whose}:`);
  for (const line of tokenLines(report)) face.say(line);
  return report;
}

/**
 * Deletes the saved token of an account, of the current one unless another is named, with its name. DigitalOcean still
 * accepts it. False: there was none.
 */
export async function forgetToken(work: KeyWork, wanted?: string): Promise<boolean> {
  const { face, keystore, accounts, news } = work;
  const name = wanted === undefined ? await currentAccount(work) : requireAccountName(wanted);
  const isNamed = name !== DEFAULT_ACCOUNT;
  if (isNamed && !(await accounts.read()).named.some((each) => each.name === name))
    throw accountUnknown(name);
  const found = await keystore.delete(tokenKey(name));
  // One with a token takes the place of the current one.
  const hasDefault = (await savedToken(DEFAULT_ACCOUNT, work)).secret !== undefined;
  await accounts.change(({ current, named, default: own }) => {
    const left = named.filter((account) => account.name !== name);
    const next = hasDefault ? DEFAULT_ACCOUNT : (left[0]?.name ?? DEFAULT_ACCOUNT);
    const kept = isNamed ? own : undefined;
    return { current: current === name ? next : current, named: left, default: kept };
  });
  if (found || isNamed) news({ kind: 'token-changed' });
  const whose = isNamed ? ` (account ${name})` : '';
  face.say(
    found ? `Deleted from ${keystore.title}${whose}.` : `No token in ${keystore.title}${whose}.`,
    'ok',
  );
  if (found) face.say(TOKEN_STAYS_VALID);
  if (isSupplied(work)) face.say(`${ENV.cloudToken} is still set and stays in use.`, 'warn');
  return found;
}

export function accountUnknown(name: string): InputError {
  return new InputError({
    code: 'account-unknown',
    message: `There is no account ${quoted(name)} here.`,
    hint: [
      { lead: 'Add it', command: 'token.add', id: name },
      { lead: 'Or list them', command: 'token.list' },
    ],
  });
}

/** True where the environment's token stands for all accounts. */
export function isSupplied({
  suppliedTokens,
  accounts,
}: Pick<Services, 'suppliedTokens' | 'accounts'>): boolean {
  return suppliedTokens.environment !== undefined && accounts.wish === undefined;
}

function notKept(title: string): KeystoreError {
  return new KeystoreError({
    code: 'store-failed',
    message: `${title} did not return the token as it was stored.`,
    hint: { command: 'doctor' },
  });
}

/** Names of the accounts here, the default one first. */
export async function accountNames({ accounts }: Pick<Services, 'accounts'>): Promise<string[]> {
  const { named } = await accounts.read();
  const others = named.map(({ name }) => name).filter((name) => name !== DEFAULT_ACCOUNT);
  return [DEFAULT_ACCOUNT, ...others];
}
