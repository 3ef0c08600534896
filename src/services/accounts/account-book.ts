import { join } from 'node:path';
import { InputError } from '../../core/errors.js';
import { DEFAULT_ACCOUNT } from '../../core/product.js';
import { type Clock, systemClock } from '../../core/time.js';
import { makePrivateFolder, writeFileAtomic } from '../files/atomic.js';
import { decodeText } from '../files/decode.js';
import { withLockFile } from '../files/lock-file.js';
import { readPrivateFile } from '../files/private-file.js';

/** Accounts of DigitalOcean that have a token here; nothing secret. */
export interface Accounts {
  /** Account of commands without `--account`. */
  readonly current: string;
  /** Those with a name; the default one needs none. */
  readonly named: readonly NamedAccount[];
  /** The default one; not known before it was asked while others had a name. */
  readonly default?: AccountFacts | undefined;
}

/** Last facts of an account from DigitalOcean. */
export interface AccountFacts {
  readonly email?: string | undefined;
  /** Id of its team: accounts of several teams may share an e-mail. Missing in older books. */
  readonly team?: string | undefined;
}

export interface NamedAccount extends AccountFacts {
  readonly name: string;
}

/** Names of accounts in the home folder: no credential store lists what it holds. */
export interface AccountBook {
  /** Account of this run alone: `--account`. */
  readonly wish: string | undefined;
  /** Rejects with `accounts-unreadable` for a file that cannot be understood. */
  read(): Promise<Accounts>;
  /** Changes the newest content, while no other program does. */
  change(edit: (accounts: Accounts) => Accounts): Promise<void>;
  /** Makes an account the current one; ends the wish of this run. */
  choose(name: string): Promise<void>;
}

const NAME = 'accounts.json';
const NAME_FORM = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const ALONE: Accounts = { current: DEFAULT_ACCOUNT, named: [] };

export function openAccountBook(
  home: string,
  wish: string | undefined,
  clock: Clock = systemClock,
): AccountBook {
  const path = join(home, NAME);
  let wished = wish;
  const read = async (): Promise<Accounts> => {
    const content = await readPrivateFile(path);
    return content === undefined ? ALONE : understood(decodeText(content), path);
  };
  const change: AccountBook['change'] = async (edit) => {
    await makePrivateFolder(home);
    await withLockFile(join(home, '.accounts.lock'), clock, async () => {
      const { current, named, default: own } = edit(await read());
      const content = { current, accounts: named, default: own };
      await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
    });
  };
  return {
    get wish() {
      return wished;
    },
    read,
    change,
    async choose(name) {
      await change((accounts) => ({ ...accounts, current: name }));
      wished = undefined;
    },
  };
}

/** Facts of an account in the book; undefined without an entry. */
export function factsIn({ named, default: own }: Accounts, name: string): AccountFacts | undefined {
  return name === DEFAULT_ACCOUNT ? own : named.find((each) => each.name === name);
}

/**
 * Saves the facts of an account in the book; `undefined` where they are not known, those of the default one only beside
 * others. Writes changes alone, and never rejects: no caller waits for it.
 */
export async function learnAccount(
  book: Pick<AccountBook, 'read' | 'change'>,
  name: string,
  facts: AccountFacts | undefined,
): Promise<void> {
  try {
    const content = await book.read();
    const known = factsIn(content, name);
    const isHere = name === DEFAULT_ACCOUNT ? content.named.length > 0 : known !== undefined;
    if (!isHere || (known?.email === facts?.email && known?.team === facts?.team)) return;
    await book.change((accounts) =>
      name === DEFAULT_ACCOUNT
        ? { ...accounts, default: facts }
        : {
            ...accounts,
            named: accounts.named.map((each) => (each.name === name ? { name, ...facts } : each)),
          },
    );
  } catch {
    // Whoever needs the book says what is wrong with it.
  }
}

/** Throws for anything that this program did not write: another account than the chosen one may cost money. */
function understood(text: string, path: string): Accounts {
  try {
    const {
      current,
      accounts,
      default: own,
    } = JSON.parse(text) as {
      readonly current: unknown;
      readonly accounts: readonly Entry[];
      readonly default?: Entry;
    };
    const named = accounts.map((each) => ({
      name: requireAccountName(String(each['name'])),
      ...factsOf(each),
    }));
    const known = own === undefined ? {} : { default: factsOf(own) };
    return { current: requireAccountName(String(current)), named, ...known };
  } catch (cause) {
    throw new InputError({
      code: 'accounts-unreadable',
      message: `${path} is not what this program wrote, so the account to use is not known.`,
      hint: 'Correct it, or move it away and add the tokens of the other accounts again.',
      cause,
    });
  }
}

type Entry = Readonly<Record<string, unknown>>;

function factsOf({ email, team }: Entry): AccountFacts {
  return { email: textOf(email), team: textOf(team) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Throws `account-name-invalid` for what cannot name an account. */
export function requireAccountName(text: string): string {
  if (NAME_FORM.test(text)) return text;
  throw new InputError({
    code: 'account-name-invalid',
    // Not repeated: it may be a token.
    message: 'That cannot name an account.',
    hint: 'Use up to 32 lowercase letters, numbers and hyphens, for example: work',
  });
}
