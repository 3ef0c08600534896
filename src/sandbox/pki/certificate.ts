import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import * as der from '../../services/pkcs12/asn1.js';
import { DAY_MS } from '../../core/time.js';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALT_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ORGANIZATION_NAME = 'Portlama';

/** A certificate with its private key. */
export interface Identity {
  readonly commonName: string;
  readonly certificate: Buffer;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  readonly commonName: string;
  /** Signing authority; self-signed without it. */
  readonly issuer?: Identity;
  readonly purpose: 'authority' | 'panel' | 'server' | 'client';
  /** IPv4 address among its alternative names. */
  readonly address?: string;
  /** DNS name among its alternative names. */
  readonly dnsName?: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly days: number;
}

/** A new P-256 key and an X.509 v3 certificate for it (RFC 5280). */
export function issueCertificate(options: CertificateOptions): Identity {
  // P-256 instead of the installer's RSA: made in a millisecond instead of a third of a second.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey);
  const certificate = signCertificate(options, publicKey, options.issuer?.privateKey ?? privateKey);
  return { commonName: options.commonName, certificate, privateKey };
}

/** An X.509 v3 certificate (DER) for a key that the caller does not hold. */
export function certify(
  options: CertificateOptions & { readonly issuer: Identity },
  publicKey: KeyObject,
): Buffer {
  return signCertificate(options, publicKey, options.issuer.privateKey);
}

function signCertificate(
  options: CertificateOptions,
  publicKey: KeyObject,
  signingKey: KeyObject,
): Buffer {
  const body = toBeSigned(options, publicKey);
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  return der.sequence(body, algorithm, der.bits(sign('sha256', body, signingKey)));
}

export function certificatePem({ certificate }: Pick<Identity, 'certificate'>): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

export function privateKeyPem({ privateKey }: Identity): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function toBeSigned(options: CertificateOptions, publicKey: KeyObject): Buffer {
  const { commonName, issuer, now, days } = options;
  return der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(serialNumber()),
    der.sequence(der.oid(ECDSA_WITH_SHA256)),
    name(issuer?.commonName ?? commonName),
    // A day back: clocks differ.
    der.sequence(der.utcTime(now - DAY_MS), der.utcTime(now + days * DAY_MS)),
    name(commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions(options))),
  );
}

function extensions({ purpose, address, dnsName }: CertificateOptions): Buffer[] {
  const list: Buffer[] = [];
  if (purpose === 'client') {
    list.push(extension(EXTENDED_KEY_USAGE, der.sequence(der.oid(CLIENT_AUTH))));
  } else if (purpose !== 'server') {
    // The panel's certificate is its own authority, as `openssl req -x509` makes it.
    list.push(extension(BASIC_CONSTRAINTS, der.sequence(der.boolean(true)), true));
  }
  if (address !== undefined) {
    const bytes = Buffer.from(address.split('.').map(Number));
    list.push(extension(SUBJECT_ALT_NAME, der.sequence(der.implicit(7, bytes))));
  }
  if (dnsName !== undefined) {
    const name = der.implicit(2, Buffer.from(dnsName, 'ascii'));
    list.push(extension(SUBJECT_ALT_NAME, der.sequence(name)));
  }
  return list;
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [der.boolean(true)] : [];
  return der.sequence(der.oid(id), ...flag, der.octets(value));
}

function name(commonName: string): Buffer {
  const part = (id: string, text: string): Buffer =>
    der.set(der.sequence(der.oid(id), der.utf8(text)));
  return der.sequence(part(ORGANIZATION, ORGANIZATION_NAME), part(COMMON_NAME, commonName));
}

/** Positive, and without a leading zero byte: 40 hex digits. */
function serialNumber(): Buffer {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/**
 * The key that a certificate signing request (RFC 2986) asks a certificate for; undefined for text that is none, or
 * whose signature is not of that key.
 */
export function readSigningRequest(pem: string): KeyObject | undefined {
  const body = /-----BEGIN CERTIFICATE REQUEST-----([\s\S]*)-----END CERTIFICATE REQUEST-----/.exec(
    pem,
  )?.[1];
  if (body === undefined || !/^[\sA-Za-z0-9+/=]+$/.test(body)) return undefined;
  const request = Buffer.from(body, 'base64');
  try {
    const [information, , signature] = elementsOf(request);
    const [, , key] = elementsOf(information!);
    const publicKey = createPublicKey({ key: key!, format: 'der', type: 'spki' });
    // The first byte of a bit string counts the bits that do not matter.
    const content = der.readElement(signature!)!.content.subarray(1);
    return verify('sha256', information!, publicKey, content) ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

/** The encoded elements of a sequence. */
function elementsOf(sequence: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  for (let at = headerLength(sequence); at < sequence.length;) {
    const rest = sequence.subarray(at);
    const length = headerLength(rest) + contentLength(rest);
    elements.push(rest.subarray(0, length));
    at += length;
  }
  return elements;
}

function headerLength(element: Buffer): number {
  const first = element.readUInt8(1);
  return first < 0x80 ? 2 : 2 + (first & 0x7f);
}

function contentLength(element: Buffer): number {
  const first = element.readUInt8(1);
  return first < 0x80 ? first : element.readUIntBE(2, first & 0x7f);
}
