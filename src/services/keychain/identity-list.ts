import type { X509Certificate } from 'node:crypto';
import type { KeychainIdentity } from './keychain.js';

const LINE = /^\s*\d+\)\s+([0-9A-Fa-f]{40})\s+"(.*)"(?:\s+\(\w+\))?\s*$/;
/** A second list follows of those that macOS trusts. Portlama's authority is no part of macOS. */
const TRUSTED_ONLY = /^\s*Valid identities only/;

/** Parses the output of `security find-identity`, each identity once. */
export function parseIdentities(text: string): readonly KeychainIdentity[] {
  const found = new Map<string, KeychainIdentity>();
  for (const line of text.split('\n')) {
    if (TRUSTED_ONLY.test(line)) break;
    const [, sha1 = '', name = ''] = LINE.exec(line) ?? [];
    if (sha1 !== '') found.set(sha1.toUpperCase(), { name, sha1: sha1.toUpperCase() });
  }
  return [...found.values()];
}

/**
 * Gives the identity under the name a keychain shows. Undefined unless the certificate has exactly
 * one common name, which curl needs.
 */
export function identityOf(certificate: X509Certificate): KeychainIdentity | undefined {
  // The types leave out that there may be none, or several.
  const name: unknown = certificate.toLegacyObject().subject?.CN;
  if (typeof name !== 'string' || !/^[^\p{Cc}"\\]{1,64}$/u.test(name)) return undefined;
  return { name, sha1: certificate.fingerprint.replaceAll(':', '').toUpperCase() };
}
