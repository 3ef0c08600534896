import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';
import { vaultError } from './vault-error.js';

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
