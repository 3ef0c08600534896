import { joinHints } from '../../core/hint.js';
import type { Clock } from '../../core/time.js';
import {
  createSessionKeystore,
  type CredentialKey,
  type Keystore,
  KeystoreError,
  type SessionKeystore,
} from './keystore.js';
import { changePassphrase, createVault, moveSecrets } from './vault-change.js';
import { hasVault } from './vault-files.js';
import { openVault, type VaultKeystore } from './vault-keystore.js';

/** `auto`: the vault if there is one, else the operating system's store if it works. */
export type KeystoreWish = 'auto' | 'os' | 'vault' | 'session';

export interface ChooseOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly clock: Clock;
  readonly os: Keystore;
  readonly wish: KeystoreWish;
  /** For the vaults it makes; only tests take less than the default. */
  readonly workFactor?: number | undefined;
}

/**
 * Store in use. Chosen at the first call and then kept: a store that stops working rejects and is
 * never silently replaced by another. Without a vault and a working store of the operating system,
 * calls reject with its problem and how to fix it or do without it, until the user decides.
 */
export interface ChosenKeystore extends Keystore {
  /** Undefined until it is chosen. */
  readonly chosen: Keystore | undefined;
  /** Store of the operating system, even when not in use. */
  readonly os: Keystore;
  /** Vault, even when none exists. */
  readonly vault: VaultKeystore;
  /** Chooses if that is not done yet. */
  choose(): Promise<Keystore>;
  /**
   * Finds the problem of the operating system's store; undefined when it works. Cached unless
   * `anew`.
   */
  findOsProblem(anew?: boolean): Promise<KeystoreError | undefined>;
  /** Makes a vault and uses it from now on, unlocked. What was in memory goes along. */
  createVault(passphrase: string): Promise<void>;
  /** Gives the vault another passphrase. Rejects with `vault-passphrase-wrong`. */
  changePassphrase(before: string, after: string): Promise<void>;
  /** From now on keeps secrets in memory, until the program ends. */
  useSession(): void;
}

/** Shortest time between tests of a store that does not work: each delays the caller. */
const PROBLEM_PAUSE_MS = 10_000;

export function chooseKeystore(options: ChooseOptions): ChosenKeystore {
  return new Chooser(options);
}

class Chooser implements ChosenKeystore {
  readonly os: Keystore;
  readonly vault: VaultKeystore;
  chosen: Keystore | undefined;
  private session: SessionKeystore | undefined;
  private choosing: Promise<Keystore> | undefined;
  private probed: { readonly result: Promise<KeystoreError | undefined>; at: number } | undefined;

  constructor(private readonly options: ChooseOptions) {
    const { home, clock, wish } = options;
    this.os = options.os;
    this.vault = openVault({ home, clock });
    if (wish === 'os') this.chosen = options.os;
    if (wish === 'session') this.useSession();
    if (wish === 'vault' || (wish === 'auto' && hasVault(home))) this.chosen = this.vault;
  }

  get kind(): Keystore['kind'] {
    return (this.chosen ?? this.options.os).kind;
  }

  get title(): string {
    return (this.chosen ?? this.options.os).title;
  }

  async choose(): Promise<Keystore> {
    if (this.chosen !== undefined) return this.chosen;
    this.choosing ??= this.chooseNow().finally(() => (this.choosing = undefined));
    return await this.choosing;
  }

  async findOsProblem(anew = false): Promise<KeystoreError | undefined> {
    const { clock, os } = this.options;
    const before = this.probed;
    if (before !== undefined && !anew) {
      const isFresh = clock.monotonic() - before.at < PROBLEM_PAUSE_MS;
      if (isFresh || (await before.result) === undefined) return await before.result;
    }
    const probed = { result: problemOf(os), at: clock.monotonic() };
    this.probed = probed;
    const problem = await probed.result;
    probed.at = clock.monotonic();
    return problem;
  }

  async createVault(passphrase: string): Promise<void> {
    const { home, clock, workFactor } = this.options;
    await createVault({ home, clock, workFactor }, passphrase);
    await this.vault.unlock(passphrase);
    await this.takeAlong();
    this.chosen = this.vault;
    // Move the secrets that a worker stored in memory meanwhile.
    await this.takeAlong();
  }

  async changePassphrase(before: string, after: string): Promise<void> {
    const { home, clock, workFactor } = this.options;
    await changePassphrase({ home, clock, workFactor }, before, after);
  }

  useSession(): void {
    this.session = createSessionKeystore();
    this.chosen = this.session;
  }

  async probe(): Promise<void> {
    await (await this.choose()).probe();
  }

  async get(key: CredentialKey): Promise<string | undefined> {
    return await (await this.choose()).get(key);
  }

  async set(key: CredentialKey, secret: string): Promise<void> {
    await (await this.choose()).set(key, secret);
  }

  async delete(key: CredentialKey): Promise<boolean> {
    return await (await this.choose()).delete(key);
  }

  private async takeAlong(): Promise<void> {
    const { session: from, vault: to } = this;
    if (from === undefined) return;
    await moveSecrets({ keys: from.listKeys(), from, to, toIsInUse: false });
  }

  private async chooseNow(): Promise<Keystore> {
    const { home, os } = this.options;
    const problem = await this.findOsProblem();
    // Use the decision, or the vault, made while the store was being tested.
    if (this.chosen !== undefined) return this.chosen;
    if (hasVault(home)) this.chosen = this.vault;
    else if (problem === undefined) this.chosen = os;
    else throw undecided(problem);
    return this.chosen;
  }
}

async function problemOf(os: Keystore): Promise<KeystoreError | undefined> {
  try {
    await os.probe();
    return undefined;
  } catch (error) {
    if (error instanceof KeystoreError) return error;
    throw error;
  }
}

function undecided(problem: KeystoreError): KeystoreError {
  return new KeystoreError({
    code: problem.code,
    message: problem.message,
    hint: joinHints(problem.hint ?? 'Repair it.', {
      lead: 'Or keep secrets in an encrypted file instead',
      command: 'vault.init',
    }),
    retryable: problem.retryable,
    cause: problem,
  });
}
