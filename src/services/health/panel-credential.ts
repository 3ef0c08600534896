import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { KeychainPanelOptions } from '../keychain/keychain.js';
import { identityOf } from '../keychain/security-tool.js';
import { readServerCertificate } from '../keychain/server-identity.js';
import type { PanelTrust } from '../panel/panel.js';
import type { ServerEntry } from '../registry/registry.js';
import { markOf, readServerFile, readServerP12 } from '../registry/server-files.js';
import type { ServerMeta } from '../registry/server-meta.js';
import { type CertificateNeeded, certificateNeeded } from './health.js';

/** Credential for a panel without its password: a file, or an identity in the keychain. */
export interface Credential {
  readonly opener: { readonly p12: Buffer } | KeychainOpener;
  readonly trust: PanelTrust;
  /** Differs when address, certificate or pin differ. */
  readonly fingerprint: string;
}

type KeychainOpener = Pick<KeychainPanelOptions, 'identity'> & {
  /** Epoch milliseconds; undefined for an identity that was not imported here. */
  readonly notAfter: number | undefined;
};

/** Differs when what `readCredential` reads was changed: a look at three files takes a tenth of the work of reading them. */
export async function credentialMark(home: string, server: ServerEntry): Promise<string> {
  const marks = await Promise.all([
    markOf(home, server, server.authMethod === 'keychain' ? 'client.pem' : 'client.p12'),
    markOf(home, server, 'panel.pem'),
    markOf(home, server, 'meta.json'),
  ]);
  return JSON.stringify([entryMark(server), ...marks]);
}

/** Differs when a file of the server was replaced, added or taken away: a third of the work of `credentialMark`. */
export async function folderMark(home: string, server: ServerEntry): Promise<string> {
  return JSON.stringify([entryMark(server), await markOf(home, server, '.')]);
}

function entryMark(server: ServerEntry): readonly unknown[] {
  const { panelUrl, domain, p12Path, authMethod, keychainIdentity } = server;
  return [panelUrl, domain, p12Path, authMethod, keychainIdentity];
}

/** Reads the files of a server, or says which one is missing; a certificate that may be dead counts only with `evenDead`. */
export async function readCredential(
  home: string,
  server: ServerEntry,
  hasKeychain: boolean,
  evenDead = false,
): Promise<Credential | CertificateNeeded> {
  const [opener, pin, isEnded] = await Promise.all([
    server.authMethod === 'keychain'
      ? readIdentity(home, server, hasKeychain)
      : readFileOpener(home, server),
    readServerFile(home, server.id, 'panel.pem'),
    isCertificateEnded(home, server.id),
  ]);
  if ('state' in opener) return opener;
  if (isEnded && !evenDead)
    return certificateNeeded(
      'client-certificate',
      'a change of its certificate was not finished: the one on this machine is revoked, or may be',
    );
  const trust = trustOf(server, pin);
  if (trust === undefined)
    return certificateNeeded(
      'confirmation',
      'the panel’s own certificate was not confirmed here yet',
    );
  const hash = createHash('sha256');
  hash.update('p12' in opener ? opener.p12 : JSON.stringify(opener));
  hash.update(JSON.stringify([server.panelUrl, trust]));
  return { opener, trust, fingerprint: hash.digest('hex') };
}

/** Without `readServerMeta`, whose zod no start needs. */
async function isCertificateEnded(home: string, id: string): Promise<boolean> {
  const meta = await readServerFile(home, id, 'meta.json');
  if (meta === undefined) return false;
  try {
    const facts = JSON.parse(meta.toString('utf8')) as Pick<ServerMeta, 'certificateEnded'> | null;
    return typeof facts?.certificateEnded === 'number';
  } catch {
    return false;
  }
}

async function readFileOpener(
  home: string,
  server: ServerEntry,
): Promise<{ readonly p12: Buffer } | CertificateNeeded> {
  const p12 = await readServerP12(home, server);
  if (p12 !== undefined) return { p12 };
  return certificateNeeded(
    'client-certificate',
    'there is no client certificate for it on this computer',
  );
}

/** Other programs leave the name alone; this one keeps the certificate, which says which of that name is meant. */
async function readIdentity(
  home: string,
  { id, keychainIdentity }: ServerEntry,
  hasKeychain: boolean,
): Promise<KeychainOpener | CertificateNeeded> {
  if (!hasKeychain)
    return certificateNeeded('client-certificate', 'its certificate is in the keychain of a Mac');
  if (keychainIdentity === undefined)
    return certificateNeeded(
      'client-certificate',
      'servers.json does not name its identity in the keychain',
    );
  const certificate = await readServerCertificate(home, id);
  const sha1 = certificate === undefined ? undefined : identityOf(certificate)?.sha1;
  const notAfter = certificate === undefined ? undefined : Date.parse(certificate.validTo);
  return { identity: { name: keychainIdentity, sha1 }, notAfter };
}

/** An address without a name has no public certificate, so without a pin nothing proves whose panel it is. */
function trustOf(server: ServerEntry, pin: Buffer | undefined): PanelTrust | undefined {
  const url = URL.canParse(server.panelUrl) ? new URL(server.panelUrl) : undefined;
  if (pin !== undefined && !isOfAddressOnly(pin, server))
    return { kind: 'pinned', certificatePem: pin.toString('utf8') };
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  return isIP(host) === 0 ? { kind: 'public' } : undefined;
}

/**
 * The pin of a panel's address says nothing about its name: once a domain is set up, `panel.<domain>` has a public
 * certificate, and the address keeps the pinned one (contract: after completion).
 */
export function isOfAddressOnly(
  pin: Buffer,
  { domain, panelUrl }: Pick<ServerEntry, 'domain' | 'panelUrl'>,
): boolean {
  if (domain === undefined || !URL.canParse(panelUrl)) return false;
  const { port, hostname } = new URL(panelUrl);
  if (port !== '' || hostname !== `panel.${domain}`) return false;
  try {
    const names = new X509Certificate(pin).subjectAltName ?? '';
    return names.includes('IP Address:') && !names.includes('DNS:');
  } catch {
    return false;
  }
}
