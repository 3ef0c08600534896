import { createCipheriv, createHash, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import * as der from './asn1.js';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const PBE_SHA1_3DES = '1.2.840.113549.1.12.1.3';
const KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const X509 = '1.2.840.113549.1.9.22.1';
const FRIENDLY_NAME = '1.2.840.113549.1.9.20';
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';
const SHA1 = '1.3.14.3.2.26';

const ITERATIONS = 2048;
const SALT_BYTES = 8;
/** Digest and block length of SHA-1, bytes. */
const DIGEST = 20;
const BLOCK = 64;
/** Purposes of derived keys (RFC 7292, B.3). */
export const KEY_PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/** A certificate with its private key. */
export interface P12Identity {
  /** Becomes the label of both. */
  readonly commonName: string;
  /** DER. */
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
}

/**
 * A PKCS#12 file (RFC 7292) as Portlama's installer makes it: PBE-SHA1-3DES with a SHA-1 MAC, which every macOS reads.
 * Holds the identity's key and certificate, and the certificates of authorities (DER).
 */
export function makeP12(
  identity: P12Identity,
  authorities: readonly Buffer[],
  password: string,
): Buffer {
  const keyId = createHash('sha1').update(identity.certificate).digest();
  const attributes = der.set(
    der.sequence(der.oid(LOCAL_KEY_ID), der.set(der.octets(keyId))),
    der.sequence(der.oid(FRIENDLY_NAME), der.set(der.bmp(identity.commonName))),
  );
  const certificates = der.sequence(
    certificateBag(identity.certificate, attributes),
    ...authorities.map((authority) => certificateBag(authority)),
  );
  const safe = der.sequence(
    encryptedContent(certificates, password),
    plainContent(der.sequence(keyBag(identity, attributes, password))),
  );
  return der.sequence(der.integer(3), plainContent(safe), mac(safe, password));
}

function certificateBag(certificate: Buffer, attributes?: Buffer): Buffer {
  const value = der.sequence(der.oid(X509), der.explicit(0, der.octets(certificate)));
  const extra = attributes === undefined ? [] : [attributes];
  return der.sequence(der.oid(CERTIFICATE_BAG), der.explicit(0, value), ...extra);
}

function keyBag(identity: P12Identity, attributes: Buffer, password: string): Buffer {
  const pkcs8 = identity.privateKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, ciphertext } = encrypt(pkcs8, password);
  const value = der.sequence(algorithm, der.octets(ciphertext));
  return der.sequence(der.oid(KEY_BAG), der.explicit(0, value), attributes);
}

function plainContent(content: Buffer): Buffer {
  return der.sequence(der.oid(DATA), der.explicit(0, der.octets(content)));
}

function encryptedContent(content: Buffer, password: string): Buffer {
  const { algorithm, ciphertext } = encrypt(content, password);
  const info = der.sequence(der.oid(DATA), algorithm, der.implicit(0, ciphertext));
  return der.sequence(der.oid(ENCRYPTED_DATA), der.explicit(0, der.sequence(der.integer(0), info)));
}

function encrypt(content: Buffer, password: string): { algorithm: Buffer; ciphertext: Buffer } {
  const salt = randomBytes(SALT_BYTES);
  const key = derive(password, salt, KEY_PURPOSE.key, 24);
  const cipher = createCipheriv('des-ede3-cbc', key, derive(password, salt, KEY_PURPOSE.iv, 8));
  return {
    algorithm: der.sequence(
      der.oid(PBE_SHA1_3DES),
      der.sequence(der.octets(salt), der.integer(ITERATIONS)),
    ),
    ciphertext: Buffer.concat([cipher.update(content), cipher.final()]),
  };
}

function mac(safe: Buffer, password: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const key = derive(password, salt, KEY_PURPOSE.mac, DIGEST);
  const digest = createHmac('sha1', key).update(safe).digest();
  const algorithm = der.sequence(der.oid(SHA1), der.nothing());
  return der.sequence(
    der.sequence(algorithm, der.octets(digest)),
    der.octets(salt),
    der.integer(ITERATIONS),
  );
}

function derive(password: string, salt: Buffer, purpose: number, length: number): Buffer {
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  return deriveKey({ secret, salt, purpose, length, rounds: ITERATIONS });
}

/** The key derivation of RFC 7292, appendix B.2, with SHA-1. The secret is big-endian UTF-16 with a zero at its end. */
export function deriveKey(options: {
  readonly secret: Buffer;
  readonly salt: Buffer;
  readonly purpose: number;
  readonly length: number;
  readonly rounds: number;
}): Buffer {
  const { secret, salt, purpose, length, rounds } = options;
  const diversifier = Buffer.alloc(BLOCK, purpose);
  const input = Buffer.concat([fill(salt), fill(secret)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < length; made += DIGEST) {
    let digest = createHash('sha1').update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) {
      digest = createHash('sha1').update(digest).digest();
    }
    parts.push(digest);
    addToBlocks(input, digest);
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** Repeats bytes up to whole blocks. */
function fill(bytes: Buffer): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / BLOCK) * BLOCK, bytes);
}

/** Adds the repeated digest plus one to every block, as big-endian numbers without carry out of a block. */
function addToBlocks(input: Buffer, digest: Buffer): void {
  const addend = Buffer.alloc(BLOCK, digest);
  for (let block = 0; block < input.length; block += BLOCK) {
    let carry = 1;
    for (let index = BLOCK - 1; index >= 0; index--) {
      const sum = (input[block + index] ?? 0) + (addend[index] ?? 0) + carry;
      input[block + index] = sum & 0xff;
      carry = sum >> 8;
    }
  }
}
