import { PortlamaError } from '../../core/errors.js';
import { monthly } from '../../words/formats.js';
import type {
  UnlistedDroplet,
  UnlistedReport,
} from '../../services/provisioning/droplets/unlisted.js';
import type { OpenAccount } from '../../usecases/open-accounts.js';
import { unaskedLine } from '../../words/accounts.js';
import type { ShownError } from '../shown-error.js';
import type { ActionContext } from './context.js';

/** Loaded late: the first frame asks no account. */
export const loadAccounts = () => import('../../usecases/open-accounts.js');

/** Limit of a comparison in the background, ms; a slower one is left to the next. */
const PATIENCE_MS = 15_000;

interface Wish {
  readonly open: () => Promise<readonly OpenAccount[]>;
  readonly onError: (error: ShownError) => void;
}

/** Request made during a running comparison, by program; present while one runs. */
const wishes = new WeakMap<ActionContext['store'], Wish | undefined>();

/**
 * Compares DigitalOcean's managed droplets with servers.json in the background, one comparison at a time. A request
 * meanwhile causes one more afterwards, since the running one may miss changes, or be of another account. An error is
 * only logged unless `onError` takes it.
 */
export async function compareDroplets(
  context: ActionContext,
  open: Wish['open'],
  onError: Wish['onError'] = () => undefined,
): Promise<void> {
  const { store } = context;
  const isUnderWay = wishes.has(store);
  wishes.set(store, { open, onError });
  if (isUnderWay) return;
  for (let wish = wishes.get(store); wish !== undefined; wish = wishes.get(store)) {
    wishes.set(store, undefined);
    await compare(context, wish);
  }
  wishes.delete(store);
}

/** Compares again, when there is a token to ask with. An error is a message and nothing more. */
export async function compareAgain(context: ActionContext): Promise<void> {
  const { store, ports, messages } = context;
  const { tokenOrigin } = store.state.keystore;
  if (tokenOrigin === undefined || tokenOrigin === 'none') return;
  await compareDroplets(
    context,
    // Ignore a token being typed: it may be of another account, or refused.
    async () => (await loadAccounts()).openAccounts(ports),
    ({ message }) => messages.news('warn', `The droplets were not compared: ${message}`),
  );
}

async function compare(context: ActionContext, { open, onError }: Wish): Promise<void> {
  const { store, run } = context;
  const title = 'Comparing the droplets with the list';
  await run({ title, onError, quiet: true }, async () => {
    const report = await findInTime(context, await open());
    const known = new Set(store.state.droplets.unlisted.map(({ droplet }) => droplet.id));
    tellUnasked(context, report);
    store.dispatch({ type: 'droplets-compared', report });
    const found = store.state.droplets.unlisted.filter(({ droplet }) => !known.has(droplet.id));
    if (found.length > 0) context.messages.news('warn', announcement(found));
  });
}

async function findInTime(
  { ports, signal }: ActionContext,
  accounts: readonly OpenAccount[],
): Promise<UnlistedReport> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const either = AbortSignal.any([signal, patience]);
  const { compareAccounts } = await import('../../usecases/compare-accounts.js');
  try {
    return await compareAccounts(accounts, ports, either);
  } catch (error) {
    if (signal.aborted || !patience.aborted) throw error;
    throw new PortlamaError({
      code: 'comparison-slow',
      message: `DigitalOcean did not answer within ${PATIENCE_MS / 1_000} s.`,
      cause: error,
    });
  }
}

/** Names the accounts that could not be asked, once each time that they become others. */
function tellUnasked({ store, messages }: ActionContext, { unasked = [] }: UnlistedReport): void {
  const before = new Set(store.state.droplets.unasked);
  for (const { name, error } of unasked)
    if (!before.has(name)) messages.news('warn', unaskedLine({ name, error }));
}

function announcement(found: readonly UnlistedDroplet[]): string {
  const usd = found.reduce((sum, { droplet }) => sum + (droplet.priceMonthlyUsd ?? 0), 0);
  const cost = usd === 0 ? '' : `, ${monthly(usd)}`;
  return found.length === 1
    ? `Unlisted droplet: ${found[0]!.droplet.name}${cost}.`
    : `${found.length} unlisted droplets${cost}.`;
}

/** Limit for the account's name, ms: later it is of no use. */
const ACCOUNT_PATIENCE_MS = 5_000;

/** Names the token's account in the title, and finds its unlisted droplets. Silent when it is out of reach. */
export async function nameAccount(context: ActionContext): Promise<void> {
  const { store, ports, signal, run } = context;
  if (store.state.accountEmail !== undefined) return;
  const onError = (): void => undefined;
  await run({ title: 'Asking for the account', onError, quiet: true }, async () => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(ACCOUNT_PATIENCE_MS)]);
    const accounts = await (await loadAccounts()).openAccounts(ports);
    const [first, ...others] = accounts;
    try {
      const { email } = await first!.api.getAccount(patience);
      // Drop the answer: another token was checked meanwhile.
      if (store.state.accountEmail !== undefined) return;
      const name = others.length === 0 ? undefined : first!.name;
      store.dispatch({ type: 'account-known', email, name });
    } catch (error) {
      // The others are looked at, whatever became of this one.
      if (signal.aborted || others.length === 0) throw error;
      store.dispatch({ type: 'account-known', email: undefined, name: first!.name });
    }
    void warnOfExpiry(context, accounts);
    void compareDroplets(context, async () => accounts);
  });
}

/** Tells of tokens that expire soon: without one no server can be destroyed from here. */
async function warnOfExpiry(
  { store, messages, signal, run }: ActionContext,
  accounts: readonly OpenAccount[],
): Promise<void> {
  const onError = (): void => undefined;
  await run({ title: 'Asking when the token expires', onError, quiet: true }, async () => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const { expiringTokens } = await import('../../usecases/accounts.js');
    const { tokenExpiryText } = await import('../../words/token.js');
    const expiring = await expiringTokens(accounts, patience);
    for (const { days, account } of expiring) messages.news('warn', tokenExpiryText(days, account));
    if (expiring.length === 0) return;
    store.dispatch({ type: 'token-expiring', days: Math.min(...expiring.map(({ days }) => days)) });
  });
}
