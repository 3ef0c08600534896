import { rm, rmdir } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { makePrivateFolder, syncFolder, writeFileAtomic } from '../files/atomic.js';
import {
  hasVault,
  listSecretPaths,
  readKeyFile,
  vaultPlace,
  withVaultLock,
  writeRecipient,
} from './vault-files.js';
import { newVaultKey, openKey, sealKey, type VaultKey, WORK_FACTOR } from './vault-format.js';
import { vaultError } from './vault-error.js';
import { type CredentialKey, type Keystore, KeystoreError } from './keystore.js';

export interface VaultChange {
  /** `~/.portlama` */
  readonly home: string;
  readonly clock: Clock;
  /** Base-2 logarithm of scrypt's N. Only tests take less than the default. */
  readonly workFactor?: number | undefined;
}

/** Makes an empty vault. Rejects with `vault-exists`, and with `vault-key-missing` where secrets of a lost one are. */
export async function createVault(
  { home, clock, workFactor = WORK_FACTOR }: VaultChange,
  passphrase: string,
): Promise<void> {
  const place = vaultPlace(home);
  await makePrivateFolder(home);
  if (hasVault(home)) throw vaultError('vault-exists', place.keyPath);
  const key = await newVaultKey();
  const file = await sealAndVerify(key, passphrase, workFactor, place.keyPath);
  await withVaultLock(home, clock, async () => {
    if (hasVault(home)) throw vaultError('vault-exists', place.keyPath);
    if ((await listSecretPaths(place)).length > 0) {
      throw vaultError('vault-key-missing', place.keyPath);
    }
    // The key comes last: from that instant on it is a vault, and a whole one.
    await writeRecipient(place, key.recipient);
    await writeFileAtomic(place.keyPath, file);
  });
}

/** Gives the vault another passphrase. Copies of the old file still open with the old one. */
export async function changePassphrase(
  { home, clock, workFactor = WORK_FACTOR }: VaultChange,
  before: string,
  after: string,
): Promise<void> {
  const place = vaultPlace(home);
  const old = await readKeyFile(place);
  const key = await openKey(old, before, place.keyPath);
  const file = await sealAndVerify(key, after, workFactor, place.keyPath);
  await withVaultLock(home, clock, async () => {
    if (!(await readKeyFile(place)).equals(old)) throw vaultError('vault-changed', place.keyPath);
    await writeFileAtomic(place.keyPath, file);
  });
}

/** Deletes the vault. Its secrets go first: what is left after a crash is still a vault. */
export async function removeVault({ home, clock }: VaultChange): Promise<void> {
  const place = vaultPlace(home);
  await withVaultLock(home, clock, async () => {
    for (const path of await listSecretPaths(place)) await rm(path, { force: true });
    await rm(place.recipientPath, { force: true });
    await rm(place.keyPath, { force: true });
    await syncFolder(home);
    await rmdir(place.folder).catch((error: unknown) => {
      // Keep the folder when it holds foreign files.
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
    });
  });
}

/**
 * Encrypts, and verifies that the passphrase opens the result: otherwise all secrets would be lost.
 */
async function sealAndVerify(
  key: VaultKey,
  passphrase: string,
  workFactor: number,
  path: string,
): Promise<Uint8Array> {
  const file = await sealKey(key, passphrase, workFactor);
  const opened = await openKey(file, passphrase, path);
  if (opened.identity !== key.identity) throw vaultError('vault-damaged', path);
  return file;
}

export interface MoveOptions {
  readonly keys: readonly CredentialKey[];
  readonly from: Keystore;
  readonly to: Keystore;
  /**
   * True to continue an interrupted move: secrets already in `to` are newer than those in `from`.
   */
  readonly toIsInUse: boolean;
}

export interface Moved {
  readonly count: number;
  /**
   * Secrets that differ between the stores: `to` takes precedence, and the copy in `from` stays.
   */
  readonly differing: readonly CredentialKey[];
}

/**
 * Copies every secret that `from` has of these keys to `to` and reads each back, before the first one is deleted.
 * When anything fails before that, what was copied is taken out again and nothing is deleted.
 */
export async function moveSecrets({ keys, from, to, toIsInUse }: MoveOptions): Promise<Moved> {
  await to.probe();
  const copied: { readonly key: CredentialKey; readonly before: string | undefined }[] = [];
  const differing: CredentialKey[] = [];
  try {
    for (const key of keys) {
      const secret = await from.get(key);
      if (secret === undefined) continue;
      const before = await to.get(key);
      if (toIsInUse && before !== undefined && before !== secret) {
        differing.push(key);
        continue;
      }
      copied.push({ key, before });
      await to.set(key, secret);
      if ((await to.get(key)) !== secret) throw notReadBack(key, to);
    }
  } catch (error) {
    for (const { key, before } of copied.reverse()) await putBack(to, key, before);
    throw error;
  }
  for (const { key } of copied) await from.delete(key);
  return { count: copied.length, differing };
}

/** Restores the secrets; one that cannot be restored leaves a harmless extra copy. */
async function putBack(
  store: Keystore,
  key: CredentialKey,
  before: string | undefined,
): Promise<void> {
  try {
    if (before === undefined) await store.delete(key);
    else await store.set(key, before);
  } catch {
    // The first failure is the one to tell.
  }
}

function notReadBack({ service, account }: CredentialKey, store: Keystore): KeystoreError {
  return new KeystoreError({
    code: 'not-read-back',
    message: `${store.title} did not return ${service} / ${account} as it was stored.`,
    hint: 'Nothing was deleted: all secrets are where they were. Check that store, then try again.',
  });
}
