import { QUESTION_HELP } from '../words/question-help.js';
import { InputError, isAbort, messageOf } from '../core/errors.js';
import { ENV } from '../core/product.js';
import { factsIn, learnAccount, requireAccountName } from '../services/accounts/account-book.js';
import type { Account } from '../services/digitalocean/api.js';
import { expiresSoon } from '../services/digitalocean/scopes.js';
import { requireUsableToken } from '../services/digitalocean/token-check.js';
import { type ListedAccount, tokenLines } from '../words/token.js';
import type { OpenAccount } from './open-accounts.js';
import { requireLastingStore, requireStore } from './stores.js';
import {
  accountNames,
  accountUnknown,
  currentAccount,
  findToken,
  isSupplied,
  savedToken,
  saveToken,
} from './token.js';
import type { KeyWork, Work } from './work.js';

const PATIENCE_MS = 10_000;
const SECONDS_PER_DAY = 86_400;

/** Asks for a token and saves it under a name; that account stands beside the others from now on. */
export async function addAccount(typedName: string, work: Work): Promise<ListedAccount> {
  const { face, keystore, accounts } = work;
  const name = requireAccountName(typedName);
  if (work.endsProgram === true) await requireLastingStore(work);
  else await requireStore(work);
  await keystore.probe();
  const isFirst = await hasNoToken(work);
  const typed = await face.secret({
    field: `API token of the account ${name} (not shown)`,
    help: QUESTION_HELP.apiToken,
  });
  const report = await saveToken(typed, work, name);
  requireUsableToken(report);
  if (isFirst) await accounts.choose(name);
  for (const line of tokenLines(report)) face.say(line);
  face.say(`Saved in ${keystore.title} as ${name}.`, 'ok');
  const isCurrent = (await currentAccount(work)) === name;
  if (!isCurrent) face.say({ command: 'token.use', id: name }, 'advice');
  return {
    name,
    email: report.account?.email,
    isCurrent,
    hasToken: true,
    expiresInDays: report.expiresInDays,
    problem: undefined,
  };
}

async function hasNoToken(work: Work): Promise<boolean> {
  const { named } = await work.accounts.read();
  return named.length === 0 && (await findToken(work)).secret === undefined;
}

/** All accounts here with what DigitalOcean says of their tokens, the default one first. */
export async function listAccounts(work: KeyWork): Promise<readonly ListedAccount[]> {
  const book = await work.accounts.read();
  const current = await currentAccount(work);
  const secrets = new Map<string, string | undefined>();
  // One after the other: the store may ask for a passphrase.
  for (const name of await accountNames(work))
    secrets.set(name, (await savedToken(name, work)).secret);
  const listed = [...secrets].map(async ([name, secret]): Promise<ListedAccount> => {
    const { account, ...said } = await askAbout(secret, work);
    if (account !== undefined)
      await learnAccount(work.accounts, name, { email: account.email, team: account.teamId });
    const email = account?.email ?? factsIn(book, name)?.email;
    return { name, email, isCurrent: name === current, hasToken: secret !== undefined, ...said };
  });
  return await Promise.all(listed);
}

async function askAbout(
  secret: string | undefined,
  work: KeyWork,
): Promise<Pick<ListedAccount, 'expiresInDays' | 'problem'> & { readonly account?: Account }> {
  if (secret === undefined) return { expiresInDays: undefined, problem: undefined };
  const late = AbortSignal.timeout(PATIENCE_MS);
  const either = AbortSignal.any([work.signal, late]);
  try {
    const api = work.createApi(secret);
    const [account, { expiresInSeconds }] = await Promise.all([
      api.getAccount(either),
      api.getTokenInfo(either),
    ]);
    return { account, expiresInDays: daysOf(expiresInSeconds), problem: undefined };
  } catch (error) {
    if (isAbort(error) && !late.aborted) throw error;
    const problem = late.aborted
      ? `DigitalOcean did not answer within ${PATIENCE_MS / 1_000} s.`
      : messageOf(error);
    return { expiresInDays: undefined, problem };
  }
}

/** A token that expires within 14 days. */
export interface ExpiringToken {
  readonly days: number;
  /** Name of its account, where several are asked. */
  readonly account: string | undefined;
}

/** Tokens of these accounts that expire soon; one that cannot be asked about is left out. */
export async function expiringTokens(
  accounts: readonly OpenAccount[],
  signal: AbortSignal,
): Promise<readonly ExpiringToken[]> {
  const found = accounts.map(async ({ name, api }): Promise<readonly ExpiringToken[]> => {
    const info = await api.getTokenInfo(signal).catch(() => undefined);
    signal.throwIfAborted();
    const days = daysOf(info?.expiresInSeconds);
    const account = accounts.length === 1 ? undefined : name;
    return expiresSoon(days) ? [{ days, account }] : [];
  });
  return (await Promise.all(found)).flat();
}

function daysOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.floor(seconds / SECONDS_PER_DAY);
}

/** Makes an account the one of commands without `--account`, which new servers are created in. */
export async function useAccount(wanted: string, work: KeyWork): Promise<ListedAccount> {
  const { accounts, face } = work;
  const name = requireAccountName(wanted);
  if (!(await accountNames(work)).includes(name)) throw accountUnknown(name);
  if ((await savedToken(name, work)).secret === undefined) throw withoutToken(name);
  await accounts.choose(name);
  work.news({ kind: 'token-changed' });
  const email = factsIn(await accounts.read(), name)?.email;
  face.say(`New servers are created in the account ${name} from now on.`, 'ok');
  if (isSupplied(work)) face.say(`${ENV.cloudToken} is set and takes precedence.`, 'warn');
  return {
    name,
    email,
    isCurrent: true,
    hasToken: true,
    expiresInDays: undefined,
    problem: undefined,
  };
}

function withoutToken(name: string): InputError {
  return new InputError({
    code: 'token-missing',
    message: `There is no token of the account ${name} here, so it cannot be used.`,
    hint: { lead: 'Store one with', command: 'token.add', id: name },
  });
}
