import { CREDENTIAL_SERVICE } from './product.js';

/** Admin certificate that was imported in the desktop app, which goes before the one that came with the server. */
type AdminCredential =
  | { readonly authMethod: 'p12'; readonly p12Path: string }
  | { readonly authMethod: 'keychain'; readonly keychainIdentity: string };

/** Reads `adminAuth` of an entry, which others write; undefined where it names no certificate. */
export function adminCredential(adminAuth: unknown): AdminCredential | undefined {
  const { method, p12Path, keychainIdentity } = (adminAuth ?? {}) as Record<string, unknown>;
  const isP12 = typeof p12Path === 'string' && p12Path !== '';
  if (isP12 && method !== 'keychain') return { authMethod: 'p12', p12Path };
  const isIdentity = typeof keychainIdentity === 'string' && keychainIdentity !== '';
  return isIdentity ? { authMethod: 'keychain', keychainIdentity } : undefined;
}

/** Service under which the password of the certificate is kept that opens a server's panel. */
export function certificateService(adminAuth: unknown): string {
  const isImported = adminCredential(adminAuth)?.authMethod === 'p12';
  return isImported ? CREDENTIAL_SERVICE.admin : CREDENTIAL_SERVICE.server;
}
