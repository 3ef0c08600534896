import { X509Certificate } from 'node:crypto';
import type { ServerEntry } from '../registry/registry.js';
import { readServerFile } from '../registry/server-files.js';
import { identityOf } from './security-tool.js';
import type { Keychain, KeychainIdentity } from './keychain.js';

/** Reads the identity that this program imported for a server; undefined when it imported none. */
export async function readServerIdentity(
  home: string,
  serverId: string,
): Promise<KeychainIdentity | undefined> {
  const certificate = await readServerCertificate(home, serverId);
  return certificate === undefined ? undefined : identityOf(certificate);
}

/** Reads the certificate of that identity. */
export async function readServerCertificate(
  home: string,
  serverId: string,
): Promise<X509Certificate | undefined> {
  const pem = await readServerFile(home, serverId, 'client.pem');
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    // Not ours, or damaged.
    return undefined;
  }
}

/**
 * Deletes the identity that this program put into the keychain for a server. False when there is none: one that
 * another program imported stays, since others may use it. Has to come before the server's files are removed.
 */
export async function removeServerIdentity(
  keychain: Keychain | undefined,
  home: string,
  server: ServerEntry,
): Promise<boolean> {
  if (keychain === undefined || server.authMethod !== 'keychain') return false;
  const identity = await readServerIdentity(home, server.id);
  return identity === undefined ? false : await keychain.remove(identity.sha1);
}
