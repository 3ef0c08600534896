import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import {
  CONTEXT,
  type Element,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  oid as encodeOid,
  readElement,
  SEQUENCE,
  UNIVERSAL,
} from './asn1.js';
import { deriveKey, KEY_PURPOSE } from './pkcs12.js';

/**
 * Rounds of key derivation that a file may ask for altogether: seconds of work. OpenSSL writes 2,048 for each part,
 * Firefox 600,000. A file may ask for 2³¹ each, and nothing stops OpenSSL once it has begun.
 */
export const MAX_ROUNDS = 3_000_000;

/** The file asks for more key derivation than any program writes, or hides how much. */
export class CostlyP12Error extends Error {}

/**
 * Throws CostlyP12Error for a file that takes too long to open; does nothing for what is no file or has another
 * password, which OpenSSL finds out soon enough. Looks into the encrypted parts as well.
 */
export function requireAffordable(p12: Buffer, passphrase: string): void {
  const file = readElement(p12);
  if (file === undefined) return;
  const outside = measure(file);
  requireFew(outside.rounds);
  let { rounds } = outside;
  for (const sealed of outside.sealed) {
    for (const opened of openSealed(sealed, passphrase)) {
      const inside = readElement(opened);
      if (inside !== undefined) rounds += measure(inside).rounds;
      requireFew(rounds);
    }
  }
}

function requireFew(rounds: number): void {
  if (rounds <= MAX_ROUNDS) return;
  throw new CostlyP12Error(`it asks for more than ${MAX_ROUNDS} rounds of key derivation`);
}

interface Sealed {
  readonly algorithm: Element;
  readonly ciphertext: Buffer;
}

/** Measures the cost without the password: rounds and encrypted parts. */
function measure(root: Element): { readonly rounds: number; readonly sealed: readonly Sealed[] } {
  let rounds = 0;
  const sealed: Sealed[] = [];
  const visit = (element: Element): void => {
    rounds += roundsOf(element);
    const part = sealedPart(element);
    if (part !== undefined) sealed.push(part);
    element.children.forEach(visit);
    // The contents of a safe are an encoding within a string.
    const inner = isOctets(element) ? readElement(element.content) : undefined;
    if (inner !== undefined) visit(inner);
  };
  visit(root);
  return { rounds, sealed };
}

/** Parameters of a derivation are salt and rounds; those of the MAC have the digest before them (RFC 7292, 4; 8018, A). */
function roundsOf(element: Element): number {
  // Its cost has three factors, and no program writes it into such a file.
  if (isUniversal(element, OBJECT_IDENTIFIER) && hex(element) === SCRYPT) return Infinity;
  if (!isSequence(element)) return 0;
  const [first, second] = element.children;
  const from = isOctets(first) ? 1 : isSequence(first) && isOctets(second) ? 2 : undefined;
  const value = from === undefined ? undefined : element.children[from];
  return value !== undefined && isUniversal(value, INTEGER) ? numberIn(value.content) : 0;
}

/** EncryptedContentInfo (RFC 5652, 6.1). */
function sealedPart(element: Element): Sealed | undefined {
  if (!isSequence(element)) return undefined;
  const [type, algorithm, content] = element.children;
  if (!isUniversal(type, OBJECT_IDENTIFIER) || !isSequence(algorithm)) return undefined;
  if (content?.tagClass !== CONTEXT || content.tag !== 0) return undefined;
  return { algorithm, ciphertext: content.content };
}

/**
 * Decrypts a part; gives nothing when the password is wrong. Throws when neither can be
 * established.
 */
function openSealed({ algorithm, ciphertext }: Sealed, passphrase: string): readonly Buffer[] {
  const [id, parameters] = algorithm.children;
  const name = hex(id);
  if (name === PBES2) return decrypted(pbes2Key(parameters, passphrase), ciphertext);
  if (name === PBE_SHA1_3DES) {
    const [salt, iterations] = parameters?.children ?? [];
    const rounds = numberIn(iterations?.content);
    const part = (purpose: number, length: number, secret: Buffer): Buffer =>
      deriveKey({ secret, salt: salt?.content ?? NOTHING, purpose, length, rounds });
    return secretsOf(passphrase).flatMap((secret) => {
      const key = part(KEY_PURPOSE.key, 24, secret);
      return decrypted(
        { cipher: 'des-ede3-cbc', key, iv: part(KEY_PURPOSE.iv, 8, secret) },
        ciphertext,
      );
    });
  }
  throw new CostlyP12Error('its encryption is not supported');
}

interface CipherKey {
  readonly cipher: string;
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** PBKDF2 with a block cipher (RFC 8018, A.2 and A.4). */
function pbes2Key(parameters: Element | undefined, passphrase: string): CipherKey {
  const [derivation, encryption] = parameters?.children ?? [];
  const [kdf, settings] = derivation?.children ?? [];
  const [salt, iterations, ...rest] = settings?.children ?? [];
  const prf = rest.find(isSequence);
  const digest = prf === undefined ? 'sha1' : DIGESTS.get(hex(prf.children[0]));
  const cipher = CIPHERS.get(hex(encryption?.children[0]));
  if (hex(kdf) !== PBKDF2 || digest === undefined || cipher === undefined)
    throw new CostlyP12Error('its encryption is not supported');
  const [name, keyBytes] = cipher;
  const rounds = Math.max(1, numberIn(iterations?.content));
  const key = pbkdf2Sync(passphrase, salt?.content ?? NOTHING, rounds, keyBytes, digest);
  return { cipher: name, key, iv: encryption?.children[1]?.content ?? NOTHING };
}

function decrypted({ cipher, key, iv }: CipherKey, ciphertext: Buffer): readonly Buffer[] {
  try {
    const decipher = createDecipheriv(cipher, key, iv);
    return [Buffer.concat([decipher.update(ciphertext), decipher.final()])];
  } catch {
    return [];
  }
}

/** Encodes a password for PKCS#12; an empty one in two ways, like OpenSSL (PKCS12_parse). */
function secretsOf(passphrase: string): readonly Buffer[] {
  const usual = Buffer.from(`${passphrase}\0`, 'utf16le').swap16();
  return passphrase === '' ? [usual, NOTHING] : [usual];
}

const NOTHING = Buffer.alloc(0);
const oid = (dotted: string): string => encodeOid(dotted).subarray(2).toString('hex');
const PBE_SHA1_3DES = oid('1.2.840.113549.1.12.1.3');
const PBES2 = oid('1.2.840.113549.1.5.13');
const PBKDF2 = oid('1.2.840.113549.1.5.12');
const SCRYPT = oid('1.3.6.1.4.1.11591.4.11');
const DIGESTS = new Map([
  [oid('1.2.840.113549.2.7'), 'sha1'],
  [oid('1.2.840.113549.2.8'), 'sha224'],
  [oid('1.2.840.113549.2.9'), 'sha256'],
  [oid('1.2.840.113549.2.10'), 'sha384'],
  [oid('1.2.840.113549.2.11'), 'sha512'],
]);
const CIPHERS = new Map<string, readonly [name: string, keyBytes: number]>([
  [oid('2.16.840.1.101.3.4.1.2'), ['aes-128-cbc', 16]],
  [oid('2.16.840.1.101.3.4.1.22'), ['aes-192-cbc', 24]],
  [oid('2.16.840.1.101.3.4.1.42'), ['aes-256-cbc', 32]],
  [oid('1.2.840.113549.3.7'), ['des-ede3-cbc', 24]],
]);

function hex(element: Element | undefined): string {
  return element?.content.toString('hex') ?? '';
}

/** Reads a number; more than MAX_ROUNDS when it exceeds 32 bits. */
function numberIn(content: Buffer = NOTHING): number {
  const digits = content.toString('hex').replace(/^0+/, '');
  return digits.length > 8 ? Infinity : Number.parseInt(digits || '0', 16);
}

function isUniversal(element: Element | undefined, tag: number): element is Element {
  return element?.tagClass === UNIVERSAL && element.tag === tag;
}

function isSequence(element: Element | undefined): element is Element {
  return isUniversal(element, SEQUENCE);
}

function isOctets(element: Element | undefined): element is Element {
  return isUniversal(element, OCTET_STRING);
}
