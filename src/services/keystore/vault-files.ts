import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { makePrivateFolder, refuseSymbolicLink, writeFileAtomic } from '../files/atomic.js';
import { withLockFile } from '../files/lock-file.js';
import { readPrivateFile } from '../files/private-file.js';
import type { CredentialKey } from './keystore.js';
import { isSealedKey, isSealedSecret } from './vault-format.js';
import { vaultError } from './vault-error.js';

/**
 * Paths of a vault. `vault.age` is an age file with a passphrase and holds the key (an age
 * identity) of the others: one age file a secret in the folder `vault`, encrypted to
 * `vault/recipient.txt`. Adding and removing a secret therefore needs no passphrase, and `age -d -i
 * vault.age vault/NAME.age` reads one.
 */
export interface VaultPlace {
  readonly home: string;
  readonly keyPath: string;
  readonly folder: string;
  readonly recipientPath: string;
}

const ENDING = '.age';

export function vaultPlace(home: string): VaultPlace {
  const folder = join(home, 'vault');
  const recipientPath = join(folder, 'recipient.txt');
  return { home, keyPath: join(home, 'vault.age'), folder, recipientPath };
}

/**
 * True when this home folder has a vault; secrets are then kept in it, even while it cannot be
 * opened.
 */
export function hasVault(home: string): boolean {
  try {
    lstatSync(vaultPlace(home).keyPath);
    return true;
  } catch (error) {
    // Count an unreadable file as existing.
    return !['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
  }
}

/** Runs `work` while no other process of ours changes this vault. */
export function withVaultLock<T>(home: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  return withLockFile(join(home, '.vault.lock'), clock, work);
}

/** The file of a secret. Accounts may be anything; what is no plain name is filed under its hash. */
export function secretPath({ folder }: VaultPlace, { service, account }: CredentialKey): string {
  const name = `${service}@${account}`;
  const isPlain = /^[a-z][a-z0-9.-]{0,60}@[a-z0-9][a-z0-9-]{0,60}$/.test(name);
  const hash = (): string =>
    createHash('sha256')
      .update(JSON.stringify([service, account]))
      .digest('hex');
  return join(folder, `${isPlain ? name : `sha256-${hash()}`}${ENDING}`);
}

/** Paths of all secrets. */
export async function listSecretPaths({ folder }: VaultPlace): Promise<string[]> {
  await refuseSymbolicLink(folder);
  try {
    const names = await readdir(folder);
    const own = names.filter((name) => name.endsWith(ENDING) && !name.startsWith('.'));
    return own.sort().map((name) => join(folder, name));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The file with the key. Rejects with `vault-missing`, or `vault-damaged` for what cannot be one. */
export async function readKeyFile({ keyPath }: VaultPlace): Promise<Buffer> {
  const file = await readPrivateFile(keyPath);
  if (file === undefined) throw vaultError('vault-missing', keyPath);
  if (!isSealedKey(file)) throw vaultError('vault-damaged', keyPath);
  return file;
}

/**
 * Reads the recipient that secrets are encrypted to; rejects when the vault's files are not valid.
 */
export async function readRecipient(place: VaultPlace): Promise<string> {
  await readKeyFile(place);
  const text = (await readSecretFolderFile(place, place.recipientPath))?.toString('utf8').trim();
  if (text === undefined || !/^age1[02-9ac-hj-np-z]{58}$/.test(text)) {
    throw vaultError('vault-damaged', place.recipientPath);
  }
  return text;
}

export async function writeRecipient(place: VaultPlace, recipient: string): Promise<void> {
  await makePrivateFolder(place.folder);
  await writeFileAtomic(place.recipientPath, `${recipient}\n`);
}

/** Undefined when there is none; `vault-damaged` for what is not the beginning of an age file. */
export async function readSealedSecret(
  place: VaultPlace,
  path: string,
): Promise<Buffer | undefined> {
  const file = await readSecretFolderFile(place, path);
  if (file !== undefined && !isSealedSecret(file)) throw vaultError('vault-damaged', path);
  return file;
}

async function readSecretFolderFile(
  { folder }: VaultPlace,
  path: string,
): Promise<Buffer | undefined> {
  await refuseSymbolicLink(folder);
  return await readPrivateFile(path);
}
