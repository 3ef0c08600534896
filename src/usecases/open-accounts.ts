import { InputError, PortlamaError } from '../core/errors.js';
import type { CommandHint } from '../core/hint.js';
import { DEFAULT_ACCOUNT, ENV } from '../core/product.js';
import type { EventAccount } from '../core/watch-event.js';
import type { Accounts } from '../services/accounts/account-book.js';
import type { Account, DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import type { RememberedAccount } from '../services/registry/server-meta.js';
import { accountText } from '../words/token.js';
import { serverName } from '../words/servers.js';
import type { Confirming } from './face.js';
import {
  accountNames,
  currentAccount,
  isSupplied,
  requireToken,
  savedToken,
  withProgress,
} from './token.js';
import type { Services, Work } from './work.js';

/** An account that can be asked, by a client with its own token. */
export interface OpenAccount {
  /** Name it has here; the environment's variable where the token is from there. */
  readonly name: string;
  readonly api: DigitalOceanApi;
}

/** Account of a droplet; `droplet` is undefined only where it certainly was of this account and is gone. */
export interface DropletHome extends OpenAccount {
  readonly droplet: Droplet | undefined;
}

/** Ports for finding a server's account. */
export type ServerOpening = Opening & Pick<Work, 'readServerMeta' | 'signal'>;

/** Ports for opening accounts; retries are shown where there is a face. */
export type Opening = Pick<
  Services,
  'suppliedTokens' | 'keystore' | 'redactor' | 'accounts' | 'createApi'
> &
  Pick<Work, 'typedToken'> & { readonly face?: Pick<Confirming, 'progress'> };

/**
 * The accounts of this run, the current one first: all that have a token here, or the one of `--account`, of the
 * environment's token, or of a typed one alone. Throws `token-missing` for none. Makes no call.
 */
export async function openAccounts(work: Opening): Promise<readonly OpenAccount[]> {
  const open = (name: string, token: string): OpenAccount => {
    const api = work.createApi(token);
    return { name, api: work.face === undefined ? api : withProgress(api, work.face) };
  };
  const isAlone = work.typedToken !== undefined || work.accounts.wish !== undefined;
  if (isAlone || isSupplied(work)) {
    const name = isAlone ? await currentAccount(work) : ENV.cloudToken;
    return [open(name, await requireToken(work))];
  }
  const current = await currentAccount(work);
  const found: OpenAccount[] = [];
  const others = (await accountNames(work)).filter((name) => name !== current);
  for (const name of [current, ...others]) {
    const { secret } = await savedToken(name, work);
    if (secret !== undefined) found.push(open(name, secret));
  }
  if (found.length === 0) await requireToken(work);
  return found;
}

/** Like `openAccounts`; undefined where there is no token. */
export async function openAnyAccounts(work: Opening): Promise<readonly OpenAccount[] | undefined> {
  try {
    return await openAccounts(work);
  } catch (error) {
    if (error instanceof InputError && error.code === 'token-missing') return undefined;
    throw error;
  }
}

/** True where a team, or without one an e-mail address, says that it is the remembered account. */
export function isAccount(
  remembered: RememberedAccount,
  { email, team }: RememberedAccount,
): boolean {
  return remembered.team === undefined || team === undefined
    ? remembered.email === email
    : remembered.team === team;
}

/** Name that a remembered account has here, without a call; null where several may be it, or none. */
export function nameOfRemembered(
  remembered: RememberedAccount,
  { named, default: own }: Accounts,
): string | null {
  if (named.length === 0) return DEFAULT_ACCOUNT;
  const same = [{ name: DEFAULT_ACCOUNT, ...own }, ...named].filter(
    ({ email, team }) => email !== undefined && isAccount(remembered, { email, team }),
  );
  return same.length === 1 ? same[0]!.name : null;
}

/**
 * Tells the account that a server remembers, with its name here; null where it remembers none. The book of accounts is
 * read once.
 */
export function accountReader({
  accounts,
  readServerMeta,
}: Pick<Services, 'accounts' | 'readServerMeta'>): AccountReader {
  let book: Promise<Accounts> | undefined;
  return async (serverId) => {
    const { account } = await readServerMeta(serverId);
    if (account === undefined) return null;
    const { email, team, teamName } = account;
    book ??= accounts.read();
    return { name: nameOfRemembered(account, await book), email, team, teamName };
  };
}

export type AccountReader = (serverId: string) => Promise<EventAccount | null>;

/** Facts of an account that a server remembers. */
export function rememberedOf({ email, teamId, teamName }: Account): RememberedAccount {
  return { email, team: teamId, teamName };
}

/**
 * Finds the account that a server's droplet is in, and the droplet. One that no account has counts as gone only where
 * the server's own account was asked, or where there is just one: throws `account-missing` or `droplet-absent`
 * otherwise.
 */
export async function openServer(server: ServerEntry, work: ServerOpening): Promise<DropletHome> {
  const { account: remembered } = await work.readServerMeta(server.id);
  const accounts = await openAccounts(work);
  const { home, failures } = await searchDroplet(dropletIdOf(server)!, accounts, work.signal);
  if (home !== undefined) return home;
  const [failure] = failures.values();
  if (remembered === undefined) {
    if (failure !== undefined) throw failure;
    if ((await accountNames(work)).length > 1) throw inNone(server, accounts);
    return { ...accounts[0]!, droplet: undefined };
  }
  const asked = accounts.filter((account) => !failures.has(account));
  const own = await findAccount(remembered, asked, work.signal);
  if (own !== undefined) return { ...own, droplet: undefined };
  throw failure ?? accountMissing(server, remembered, accounts);
}

/** Finds a droplet that is in no list. Throws what an account answered that could not be asked. */
export async function openDroplet(
  id: number,
  work: Opening & Pick<Work, 'signal'>,
): Promise<DropletHome> {
  const accounts = await openAccounts(work);
  const { home, failures } = await searchDroplet(id, accounts, work.signal);
  const [failure] = failures.values();
  if (home === undefined && failure !== undefined) throw failure;
  return home ?? { ...accounts[0]!, droplet: undefined };
}

interface Search {
  readonly home: DropletHome | undefined;
  /** Errors of the accounts that could not be asked. */
  readonly failures: ReadonlyMap<OpenAccount, unknown>;
}

/** Asks all accounts at once, and waits for none once one has it: another may be down, or slow. */
async function searchDroplet(
  id: number,
  accounts: readonly OpenAccount[],
  signal: AbortSignal,
): Promise<Search> {
  const failures = new Map<OpenAccount, unknown>();
  const found = new AbortController();
  const either = AbortSignal.any([signal, found.signal]);
  let home: DropletHome | undefined;
  const looks = accounts.map(async (account) => {
    try {
      const droplet = await account.api.getDroplet(id, either);
      if (droplet === undefined) return;
      home ??= { ...account, droplet };
      found.abort();
    } catch (error) {
      signal.throwIfAborted();
      if (!found.signal.aborted)
        failures.set(account, accounts.length === 1 ? error : ofAccount(account, error));
    }
  });
  await Promise.all(looks);
  return { home, failures };
}

/** A remembered account, by a token of it here; undefined where none is, or where it is refused. */
export async function openRemembered(
  remembered: RememberedAccount,
  work: Opening & Pick<Work, 'signal'>,
): Promise<OpenAccount | undefined> {
  for (const account of await openAccounts(work)) {
    try {
      const facts = rememberedOf(await account.api.getAccount(work.signal));
      if (isAccount(remembered, facts)) return account;
    } catch {
      // Another token may be of the same account.
      work.signal.throwIfAborted();
    }
  }
  return undefined;
}

/** The remembered account among these, as DigitalOcean names them now. */
async function findAccount(
  remembered: RememberedAccount,
  accounts: readonly OpenAccount[],
  signal: AbortSignal | undefined,
): Promise<OpenAccount | undefined> {
  for (const account of accounts)
    if (isAccount(remembered, rememberedOf(await account.api.getAccount(signal)))) return account;
  return undefined;
}

/** Names the account in the message of a failure; code and hint stay. */
export function ofAccount({ name }: Pick<OpenAccount, 'name'>, error: unknown): unknown {
  if (!(error instanceof PortlamaError)) return error;
  const { code, message, hint, retryable } = error;
  return new PortlamaError({
    code,
    message: `Account ${name}: ${message}`,
    hint,
    retryable,
    cause: error,
  });
}

function accountMissing(
  server: ServerEntry,
  remembered: RememberedAccount,
  accounts: readonly OpenAccount[],
): InputError {
  return new InputError({
    code: 'account-missing',
    message: `${server.label} is in the account of ${accountText(remembered)}, and none of the tokens used belongs to it (${namesOf(accounts)}). Nothing was changed.`,
    hint: [
      { lead: 'Add a token for that account', command: 'token.add', id: 'NAME' },
      removeFromList(server),
    ],
  });
}

function inNone(server: ServerEntry, accounts: readonly OpenAccount[]): InputError {
  return new InputError({
    code: 'droplet-absent',
    message: `Droplet ${server.providerId} of ${server.label} is in none of the accounts checked (${namesOf(accounts)}). It may be in another account, so it does not count as destroyed.`,
    hint: [{ lead: 'Show the accounts', command: 'token.list' }, removeFromList(server)],
  });
}

function namesOf(accounts: readonly OpenAccount[]): string {
  return accounts.map(({ name }) => name).join(', ');
}

function removeFromList(server: ServerEntry): CommandHint {
  return {
    lead: 'Or only remove it from the list',
    command: 'servers.remove',
    id: serverName(server),
  };
}
