import { CREDENTIAL_SERVICE } from '../../core/product.js';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { asFileError, refuseSymbolicLink, syncFolder, writeFileAtomic } from '../files/atomic.js';
import { readPrivateFile } from '../files/private-file.js';
import type { CredentialKey, Keystore } from './keystore.js';
import {
  hasVault,
  listSecretPaths,
  readKeyFile,
  readRecipient,
  readSealedSecret,
  secretPath,
  vaultPlace,
  type VaultPlace,
  withVaultLock,
  writeRecipient,
} from './vault-files.js';
import {
  openKey,
  openSecret,
  sealSecret,
  type VaultEntry,
  type VaultKey,
  vaultKeyOf,
} from './vault-format.js';
import { vaultError } from './vault-error.js';

const PROBE_SERVICE = CREDENTIAL_SERVICE.probe;

/**
 * Secrets in encrypted files. Storing and forgetting need no passphrase; nor does reading what this process itself
 * stored, or what is not there. Reading anything else rejects with `vault-locked` until it is unlocked.
 */
export interface VaultKeystore extends Keystore {
  readonly kind: 'vault';
  /** True when the vault's files exist. */
  readonly exists: boolean;
  readonly isUnlocked: boolean;
  /** Rejects with `vault-passphrase-wrong`. Takes about a second. */
  unlock(passphrase: string): Promise<void>;
  /** Unlocks with the key itself, as given by `requireKey` of another process. */
  unlockWithKey(identity: string): Promise<void>;
  /** The key; unlocks by way of `unlockBy` if that is not done yet. */
  requireKey(): Promise<VaultKey>;
  /** From now on a read that needs it calls this first, which may call `unlock`. */
  unlockBy(way: (() => Promise<void>) | undefined): void;
  /** Lists the stored keys. Needs the passphrase. */
  listKeys(): Promise<readonly CredentialKey[]>;
  /** Counts the secrets. Needs no passphrase. */
  count(): Promise<number>;
}

export interface VaultOptions {
  /** `~/.portlama` */
  readonly home: string;
  readonly clock: Clock;
}

/** The vault of a home folder; its files are looked for at each call. */
export function openVault(options: VaultOptions): VaultKeystore {
  return new Vault(options);
}

class Vault implements VaultKeystore {
  readonly kind = 'vault';
  readonly title = 'the encrypted vault';
  private readonly place: VaultPlace;
  private key: VaultKey | undefined;
  private way: (() => Promise<void>) | undefined;
  private unlocking: Promise<void> | undefined;
  /**
   * Secrets stored by this process while locked, by path; valid only while the file is unchanged.
   */
  private readonly own = new Map<string, { readonly file: Buffer; readonly secret: string }>();

  constructor(private readonly options: VaultOptions) {
    this.place = vaultPlace(options.home);
  }

  get exists(): boolean {
    return hasVault(this.place.home);
  }

  get isUnlocked(): boolean {
    return this.key !== undefined;
  }

  unlockBy(way: (() => Promise<void>) | undefined): void {
    this.way = way;
  }

  async unlock(passphrase: string): Promise<void> {
    const file = await readKeyFile(this.place);
    await this.take(await openKey(file, passphrase, this.place.keyPath));
  }

  async unlockWithKey(identity: string): Promise<void> {
    await this.take(await vaultKeyOf(identity));
  }

  async requireKey(): Promise<VaultKey> {
    if (this.key === undefined && this.way !== undefined) {
      // Reads that come together ask once.
      this.unlocking ??= this.way().finally(() => (this.unlocking = undefined));
      await this.unlocking;
    }
    if (this.key === undefined) throw vaultError('vault-locked', this.place.keyPath);
    return this.key;
  }

  async probe(): Promise<void> {
    const account = randomBytes(8).toString('hex');
    const key = { service: PROBE_SERVICE, account };
    await this.set(key, account);
    const read = await this.get(key);
    const deleted = await this.delete(key);
    if (read !== account || !deleted) throw vaultError('vault-changed', this.place.keyPath);
  }

  async get(key: CredentialKey): Promise<string | undefined> {
    const path = secretPath(this.place, key);
    const file = await readSealedSecret(this.place, path);
    if (file === undefined) return undefined;
    const own = this.own.get(path);
    if (own?.file.equals(file)) return own.secret;
    return await this.open(file, path, key);
  }

  async set(key: CredentialKey, secret: string): Promise<void> {
    const path = secretPath(this.place, key);
    // Fail before taking the lock when there is no vault, since its folder may be missing.
    await readKeyFile(this.place);
    const sealedAndWritten = async (): Promise<Buffer> => {
      const recipient = await readRecipient(this.place);
      if (this.key !== undefined && this.key.recipient !== recipient) {
        throw vaultError('vault-damaged', this.place.recipientPath);
      }
      await this.refuseDamaged(path, key);
      const sealed = Buffer.from(await sealSecret(recipient, { ...key, secret }));
      await writeFileAtomic(path, sealed);
      return sealed;
    };
    const file = await withVaultLock(this.options.home, this.options.clock, sealedAndWritten);
    const read = await readPrivateFile(path);
    if (read === undefined || !read.equals(file)) throw vaultError('vault-changed', path);
    if (this.key === undefined) this.own.set(path, { file, secret });
    else if ((await this.open(file, path, key)) !== secret) throw vaultError('vault-damaged', path);
  }

  async delete(key: CredentialKey): Promise<boolean> {
    const path = secretPath(this.place, key);
    await refuseSymbolicLink(this.place.folder);
    this.own.delete(path);
    if ((await listSecretPaths(this.place)).length === 0) return false;
    return await withVaultLock(this.options.home, this.options.clock, async () => {
      try {
        await rm(path);
      } catch (error) {
        if (systemCodeOf(error) === 'ENOENT') return false;
        throw asFileError(error, path);
      }
      await syncFolder(this.place.folder);
      return true;
    });
  }

  async listKeys(): Promise<readonly CredentialKey[]> {
    const keys: CredentialKey[] = [];
    for (const path of await listSecretPaths(this.place)) {
      const file = await readSealedSecret(this.place, path);
      if (file === undefined) continue;
      const { service, account } = await this.openEntry(file, path);
      if (service !== PROBE_SERVICE) keys.push({ service, account });
    }
    return keys;
  }

  async count(): Promise<number> {
    return (await listSecretPaths(this.place)).length;
  }

  /** Takes the key and drops the secrets held in memory: the files have them. */
  private async take(key: VaultKey): Promise<void> {
    const { recipientPath } = this.place;
    // Write only a missing recipient file: it can be derived from the key. A damaged one is kept
    // and blocks writing only.
    if ((await readPrivateFile(recipientPath)) === undefined) {
      await writeRecipient(this.place, key.recipient);
    }
    this.key = key;
    this.own.clear();
  }

  private async open(file: Buffer, path: string, key: CredentialKey): Promise<string> {
    const entry = await this.openEntry(file, path);
    const isIts = entry.service === key.service && entry.account === key.account;
    if (!isIts) throw vaultError('vault-damaged', path);
    return entry.secret;
  }

  private async openEntry(file: Buffer, path: string): Promise<VaultEntry> {
    return await openSecret(await this.requireKey(), file, path);
  }

  /** Replaces an existing file only when it is valid, to the degree that can be checked. */
  private async refuseDamaged(path: string, key: CredentialKey): Promise<void> {
    const file = await readSealedSecret(this.place, path);
    if (file !== undefined && this.key !== undefined) await this.open(file, path, key);
  }
}
