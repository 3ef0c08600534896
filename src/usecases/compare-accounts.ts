import { PortlamaError } from '../core/errors.js';
import { factsIn, learnAccount } from '../services/accounts/account-book.js';
import type { DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import {
  type DropletReader,
  findUnlistedDroplets,
  type UnaskedAccount,
  type UnknownServer,
  type UnlistedReport,
} from '../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { RememberedAccount } from '../services/registry/server-meta.js';
import { isAccount, ofAccount, type OpenAccount, rememberedOf } from './open-accounts.js';
import { accountNames } from './token.js';
import type { Services } from './work.js';

/** Longest wait for one of several accounts, ms. */
const PATIENCE_MS = 10_000;

/**
 * Droplets of several accounts, each of which is asked by itself: one that refuses, or is down, is noted as unasked and left
 * out from then on. A call rejects where no account is left. Each droplet names its account where there are several.
 */
export class AccountsReader implements DropletReader {
  private readonly failures: Map<string, unknown>;
  private readonly whose = new Map<OpenAccount, RememberedAccount>();

  /** `unasked`: accounts beside these that are known to refuse. */
  constructor(
    private readonly accounts: readonly OpenAccount[],
    unasked: readonly UnaskedAccount[] = [],
    private readonly patienceMs = PATIENCE_MS,
  ) {
    this.failures = new Map(unasked.map(({ name, error }) => [name, error]));
  }

  get asked(): readonly OpenAccount[] {
    return this.accounts.filter(({ name }) => !this.failures.has(name));
  }

  get unasked(): readonly UnaskedAccount[] {
    return [...this.failures].map(([name, error]) => ({ name, error }));
  }

  async listDroplets(
    filter: Parameters<DigitalOceanApi['listDroplets']>[0],
    signal: AbortSignal,
  ): Promise<readonly Droplet[]> {
    const answers = await this.ask((api, given) => api.listDroplets(filter, given), signal);
    const all = answers.flatMap(([account, list]) =>
      list.map((droplet) => this.named(account, droplet)),
    );
    // Two tokens may be of one account.
    return all.filter(({ id }, at) => all.findIndex((other) => other.id === id) === at);
  }

  async getDroplet(id: number, signal: AbortSignal): Promise<Droplet | undefined> {
    const answers = await this.ask((api, given) => api.getDroplet(id, given), signal);
    const found = answers.find(([, droplet]) => droplet !== undefined);
    return found === undefined ? undefined : this.named(found[0], found[1]!);
  }

  /** The account of a droplet that this reader found. */
  homeOf({ account }: Droplet): OpenAccount {
    return this.accounts.find(({ name }) => name === account) ?? this.accounts[0]!;
  }

  /** The facts of an account; undefined for one that cannot be asked. */
  async identify(
    account: OpenAccount,
    signal: AbortSignal,
  ): Promise<RememberedAccount | undefined> {
    const known = this.whose.get(account);
    if (known !== undefined || this.failures.has(account.name)) return known;
    try {
      return await this.factsOf(account, signal);
    } catch (error) {
      signal.throwIfAborted();
      this.failures.set(account.name, error);
      return undefined;
    }
  }

  /** Like `identify`; rejects where it cannot be asked, and goes on to ask it for others. */
  async factsOf(account: OpenAccount, signal: AbortSignal): Promise<RememberedAccount> {
    const known = this.whose.get(account);
    if (known !== undefined) return known;
    const said = await this.patiently((given) => account.api.getAccount(given), signal);
    const facts = rememberedOf(said);
    this.whose.set(account, facts);
    return facts;
  }

  private named({ name }: OpenAccount, droplet: Droplet): Droplet {
    return this.isAlone ? droplet : { ...droplet, account: name };
  }

  private get isAlone(): boolean {
    return this.accounts.length === 1 && this.failures.size === 0;
  }

  private async ask<T>(
    call: (api: DigitalOceanApi, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<readonly (readonly [OpenAccount, T])[]> {
    if (this.isAlone) {
      const [account] = this.accounts;
      return [[account!, await call(account!.api, signal)]];
    }
    const asking = this.asked.map(async (account) => {
      try {
        const answer = await this.patiently((given) => call(account.api, given), signal);
        return [[account, answer] as const];
      } catch (error) {
        signal.throwIfAborted();
        this.failures.set(account.name, error);
        return [];
      }
    });
    const answers = (await Promise.all(asking)).flat();
    const [failure] = this.unasked;
    if (answers.length === 0 && failure !== undefined) throw ofAccount(failure, failure.error);
    return answers;
  }

  private async patiently<T>(
    call: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const late = AbortSignal.timeout(this.patienceMs);
    try {
      return await call(AbortSignal.any([signal, late]));
    } catch (error) {
      if (!late.aborted || signal.aborted) throw error;
      throw new PortlamaError({
        code: 'account-slow',
        message: `DigitalOcean did not answer within ${this.patienceMs / 1_000} s.`,
        cause: error,
      });
    }
  }
}

type Comparing = Pick<
  Services,
  'registry' | 'operations' | 'accounts' | 'readServerMeta' | 'changeServerMeta'
>;

/**
 * Like `findUnlistedDroplets` over these accounts: a droplet of an account that was not asked is not gone. Servers that
 * were found remember their account from then on. `unasked`: accounts beside these that are known to refuse.
 */
export async function compareAccounts(
  accounts: readonly OpenAccount[],
  work: Comparing,
  signal: AbortSignal,
  unasked: readonly UnaskedAccount[] = [],
): Promise<UnlistedReport> {
  const { registry, operations } = work;
  const reader = new AccountsReader(accounts, unasked);
  const report = await findUnlistedDroplets(reader, registry, operations, signal);
  await rememberAccounts(report.listed ?? new Map(), reader, work, signal).catch(() =>
    signal.throwIfAborted(),
  );
  if (accounts.length > 1) await learnAccounts(reader, work, signal);
  return { ...report, ...(await judgeMissing(report.gone, reader, work, signal)) };
}

/** Has the book know the team of each: one that it lacks is asked for, once. */
async function learnAccounts(
  reader: AccountsReader,
  { accounts }: Pick<Services, 'accounts'>,
  signal: AbortSignal,
): Promise<void> {
  const book = await accounts.read();
  for (const account of reader.asked) {
    if (factsIn(book, account.name)?.team !== undefined) continue;
    const facts = await reader.factsOf(account, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (facts !== undefined)
      await learnAccount(accounts, account.name, { email: facts.email, team: facts.team });
  }
}

/** Tells servers whose droplet is gone from those of accounts that were not asked. */
export async function judgeMissing(
  missing: readonly ServerEntry[],
  reader: AccountsReader,
  work: Pick<Services, 'accounts' | 'readServerMeta'>,
  signal: AbortSignal,
): Promise<Required<Pick<UnlistedReport, 'gone' | 'unknown' | 'unasked'>>> {
  const isAll = reader.asked.length >= (await accountNames(work)).length;
  const gone: ServerEntry[] = [];
  const unclear: ServerEntry[] = [];
  for (const server of missing) {
    const { account } = await work.readServerMeta(server.id);
    const isAsked = account === undefined ? isAll : await isAmong(account, reader, signal);
    (isAsked ? gone : unclear).push(server);
  }
  const { unasked } = reader;
  const unknown: UnknownServer[] = [];
  for (const server of unasked.length === 0 ? [] : unclear)
    unknown.push({ server, accounts: await candidatesFor(server.id, unasked, work) });
  return { gone, unknown, unasked };
}

async function isAmong(
  remembered: RememberedAccount,
  reader: AccountsReader,
  signal: AbortSignal,
): Promise<boolean> {
  for (const account of reader.asked) {
    const facts = await reader.identify(account, signal);
    if (facts !== undefined && isAccount(remembered, facts)) return true;
  }
  return false;
}

/** The unasked accounts that a server may be of, by the e-mail that each had when its token was saved. */
async function candidatesFor(
  serverId: string,
  unasked: readonly UnaskedAccount[],
  { accounts, readServerMeta }: Pick<Services, 'accounts' | 'readServerMeta'>,
): Promise<readonly UnaskedAccount[]> {
  const { account } = await readServerMeta(serverId);
  if (account === undefined || unasked.length === 1) return unasked;
  const book = await accounts.read();
  const likely = unasked.filter(
    ({ name }) => (factsIn(book, name)?.email ?? account.email) === account.email,
  );
  return likely.length === 0 ? unasked : likely;
}

/** Notes the account of servers that do not know theirs: those that another program made. */
async function rememberAccounts(
  listed: ReadonlyMap<string, Droplet>,
  reader: AccountsReader,
  { readServerMeta, changeServerMeta }: Comparing,
  signal: AbortSignal,
): Promise<void> {
  for (const [serverId, droplet] of listed) {
    if ((await readServerMeta(serverId)).account !== undefined) continue;
    const account = await reader.identify(reader.homeOf(droplet), signal);
    if (account !== undefined)
      await changeServerMeta(serverId, (known) => ({ account: known.account ?? account }));
  }
}
