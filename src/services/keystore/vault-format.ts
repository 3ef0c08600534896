import { PROGRAM } from '../../core/product.js';
import { messageOf } from '../../core/errors.js';
import { type CredentialKey, KeystoreError } from './keystore.js';
import { passphraseIdentity, passphraseRecipient } from './vault-passphrase.js';
import { vaultError } from './vault-error.js';

/** An X25519 pair of age. `identity` is secret. */
export interface VaultKey {
  readonly identity: string;
  readonly recipient: string;
}

/** A secret with what it is filed under, so that a file in the place of another one is found out. */
export interface VaultEntry extends CredentialKey {
  readonly secret: string;
}

const HEADER = 'age-encryption.org/v1\n';
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/m;

/** Loaded by need: it takes a tenth of a second. */
const age = (): Promise<typeof import('age-encryption')> => import('age-encryption');

export async function newVaultKey(): Promise<VaultKey> {
  const { generateX25519Identity } = await age();
  return await vaultKeyOf(await generateX25519Identity());
}

/** The pair of an identity that was handed over. */
export async function vaultKeyOf(identity: string): Promise<VaultKey> {
  const { identityToRecipient } = await age();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The key as a file that opens with the passphrase; an identity file of the age tool (`age -d -i FILE`). */
export async function sealKey(
  { identity, recipient }: VaultKey,
  passphrase: string,
  workFactor: number,
): Promise<Uint8Array> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await passphraseRecipient(passphrase, workFactor));
  return await encrypter.encrypt(
    `# Key of ${PROGRAM}'s vault. It opens the files in the folder "vault":\n` +
      `#   age -d -i vault.age vault/NAME.age\n# public key: ${recipient}\n${identity}\n`,
  );
}

/** The key in a file. Rejects with `vault-passphrase-wrong`, `vault-damaged` or `vault-work-factor`. */
export async function openKey(
  file: Uint8Array,
  passphrase: string,
  path: string,
): Promise<VaultKey> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(passphraseIdentity(passphrase, path));
  const text = await decrypting(path, async () => decrypter.decrypt(await unarmored(file), 'text'));
  const identity = IDENTITY.exec(text)?.[0];
  if (identity === undefined) throw vaultError('vault-damaged', path);
  return await decrypting(path, () => vaultKeyOf(identity));
}

export async function sealSecret(recipient: string, entry: VaultEntry): Promise<Uint8Array> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const { service, account, secret } = entry;
  return await encrypter.encrypt(`${JSON.stringify({ service, account, secret })}\n`);
}

/** Decrypts a file. Rejects with `vault-damaged`, also for a file encrypted to another key. */
export async function openSecret(
  { identity }: VaultKey,
  file: Uint8Array,
  path: string,
): Promise<VaultEntry> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const text = await decrypting(path, async () => decrypter.decrypt(await unarmored(file), 'text'));
  const entry = parseEntry(text);
  if (entry === undefined) throw vaultError('vault-damaged', path);
  return entry;
}

/**
 * True when the file begins like an age file with a passphrase. Does not need, or verify, the
 * passphrase.
 */
export function isSealedKey(file: Uint8Array): boolean {
  return startsWith(file, `${HEADER}-> scrypt `) || startsWith(file, ARMOR);
}

/** True when the file begins like an age file for a key. */
export function isSealedSecret(file: Uint8Array): boolean {
  return startsWith(file, `${HEADER}-> X25519 `) || startsWith(file, ARMOR);
}

function startsWith(file: Uint8Array, text: string): boolean {
  return Buffer.from(file.subarray(0, text.length)).toString('latin1') === text;
}

/** The age tool makes armored files on request, and a person may have used it. */
async function unarmored(file: Uint8Array): Promise<Uint8Array> {
  if (!startsWith(file, ARMOR)) return file;
  const { armor } = await age();
  return armor.decode(Buffer.from(file).toString('latin1'));
}

/** The library's errors tell only that it failed, and never what is in the file. */
async function decrypting<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeystoreError) throw error;
    throw vaultError('vault-damaged', path, new Error(messageOf(error)));
  }
}

function parseEntry(text: string): VaultEntry | undefined {
  try {
    const { service, account, secret } = JSON.parse(text) as Partial<Record<string, unknown>>;
    const isEntry =
      typeof service === 'string' && typeof account === 'string' && typeof secret === 'string';
    return isEntry ? { service, account, secret } : undefined;
  } catch {
    return undefined;
  }
}
