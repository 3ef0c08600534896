import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';
import { PROGRAM } from '../../core/product.js';
import { messageOf } from '../../core/errors.js';
import { type CredentialKey, KeystoreError } from './keystore.js';
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

/** Base-2 logarithm of scrypt's N: about a second and 256 MB, as the age tool does it. */
export const WORK_FACTOR = 18;
/** 1 GB. A file may ask for more, and would then only keep the machine busy. */
const MAX_WORK_FACTOR = 20;
const LABEL = 'age-encryption.org/v1/scrypt';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
const FILE_KEY_BYTES = 16;
const NONCE = Buffer.alloc(12);

/**
 * The passphrase recipient of age (C2SP age.md, "The scrypt recipient type"), made with Node's scrypt: the library's
 * own is JavaScript and would stop the program for seconds.
 */
export async function passphraseRecipient(
  passphrase: string,
  workFactor: number,
): Promise<Recipient> {
  const { Stanza: StanzaClass } = await import('age-encryption');
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(SALT_BYTES);
      const key = await deriveKey(passphrase, salt, workFactor);
      const args = ['scrypt', unpadded(salt), String(workFactor)];
      return [new StanzaClass(args, seal(key, fileKey))];
    },
  };
}

/** Rejects with `vault-passphrase-wrong`; with `vault-work-factor` before any work is done. */
export function passphraseIdentity(passphrase: string, path: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const { salt, workFactor, body } = readStanza(stanzas, path);
      if (workFactor > MAX_WORK_FACTOR) throw vaultError('vault-work-factor', path);
      const key = await deriveKey(passphrase, salt, workFactor);
      const fileKey = unseal(key, body);
      if (fileKey === undefined) throw vaultError('vault-passphrase-wrong', path);
      return fileKey;
    },
  };
}

function readStanza(
  stanzas: readonly Stanza[],
  path: string,
): { readonly salt: Buffer; readonly workFactor: number; readonly body: Uint8Array } {
  const [stanza] = stanzas;
  const [kind, saltText = '', factor = ''] = stanza?.args ?? [];
  const salt = Buffer.from(saltText, 'base64');
  const isSound =
    stanzas.length === 1 &&
    stanza?.args.length === 3 &&
    kind === 'scrypt' &&
    salt.length === SALT_BYTES &&
    unpadded(salt) === saltText &&
    /^[1-9]\d{0,2}$/.test(factor) &&
    stanza.body.length === FILE_KEY_BYTES + TAG_BYTES;
  if (!isSound) throw vaultError('vault-damaged', path);
  return { salt, workFactor: Number(factor), body: stanza.body };
}

function deriveKey(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  const N = 2 ** workFactor;
  const labelled = Buffer.concat([Buffer.from(LABEL), salt]);
  // Node counts 128 * N * r bytes and a little more.
  const options = { N, r: 8, p: 1, maxmem: 2 * 128 * N * 8 };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, labelled, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Every key is used once, so the nonce is zero. */
function seal(key: Buffer, fileKey: Uint8Array): Uint8Array {
  const cipher = createCipheriv('chacha20-poly1305', key, NONCE, { authTagLength: TAG_BYTES });
  const text = Buffer.concat([cipher.update(fileKey), cipher.final()]);
  return Buffer.concat([text, cipher.getAuthTag()]);
}

function unseal(key: Buffer, body: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(body.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
