import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { ADMIN_NAME, CREDENTIAL_SERVICE } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import { refuseSymbolicLink, wipeFile } from '../files/atomic.js';
import { readCredential } from '../health/panel-credential.js';
import type { Keychain, KeychainIdentity } from '../keychain/keychain.js';
import { type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import { isFor, makeKey, type NewKey } from '../pkcs12/new-key.js';
import type { Registry, ServerEntry } from '../registry/registry.js';
import { serverFolder, wipeServerFile, writeServerFile } from '../registry/server-files.js';
import { atEitherAddress, connectPanel, type ConnectPorts, patiently } from './connect-panel.js';
import { type P12Facts, p12Facts, readClientCertificate } from './identity.js';

const TRIAL_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export interface BindPorts extends ConnectPorts {
  readonly keystore: Keystore;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly keychain: Keychain;
}

/** A new key, and the identity that shows it in a keychain. */
export interface HeldKey extends NewKey {
  readonly sha1: string;
}

/** Binds the admin's certificate of a panel to a key in the login keychain, part by part. */
export interface KeyDesk {
  /** Identities of the keychain that curl could take for the one to be. */
  namesakes(signal: AbortSignal): Promise<readonly KeychainIdentity[]>;
  /** Only in memory. */
  makeKey(): Promise<HeldKey>;
  /** Puts it into the keychain; resolves once it is seen there. */
  hold(server: ServerEntry, key: HeldKey, signal: AbortSignal): Promise<void>;
  isHeld(sha1: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Opens a connection to the panel with the key in the keychain, which the panel refuses to talk on: curl finds the key,
   * and macOS lets it be used. Rejects with PanelError otherwise.
   */
  tryKey(server: ServerEntry, sha1: string, signal: AbortSignal): Promise<void>;
  /** Deletes the key and the certificate that shows it. */
  drop(sha1: string): Promise<void>;
  /** True when the panel's certificate (PEM) is for the key of the request. */
  fits(certificate: string, csr: string): Promise<boolean>;
  /**
   * Puts the panel's certificate to its key, proves both, and makes them what opens the panel; the old file and its
   * password are overwritten and deleted last. May be repeated from any point.
   */
  take(
    server: ServerEntry,
    certificate: string,
    holderSha1: string,
    signal: AbortSignal,
  ): Promise<P12Facts>;
}

export function createKeyDesk(ports: BindPorts): KeyDesk {
  const { home, keychain, clock } = ports;
  return {
    async namesakes(signal) {
      return (await keychain.list(signal)).filter(({ name }) => name === ADMIN_NAME);
    },
    async makeKey() {
      const key = await makeKey(ADMIN_NAME, clock.now());
      const { fingerprint } = await readClientCertificate(key.holder);
      return { ...key, sha1: fingerprint.replaceAll(':', '') };
    },
    async hold({ id }, { holder }, signal) {
      await keychain.add(holder, { folder: serverFolder(home, id), signal });
    },
    async isHeld(sha1, signal) {
      return (await keychain.list(signal)).some((identity) => identity.sha1 === sha1);
    },
    tryKey: (server, sha1, signal) =>
      atEitherAddress(server, (panelUrl) => tryKey({ ...server, panelUrl }, sha1, ports, signal)),
    async drop(sha1) {
      await keychain.remove(sha1);
    },
    async fits(certificate, csr) {
      try {
        const { publicKey } = new X509Certificate(certificate);
        return await isFor(csr, publicKey.export({ type: 'spki', format: 'pem' }).toString());
      } catch {
        return false;
      }
    },
    take: (server, certificate, holderSha1, signal) =>
      take(server, { certificate: new X509Certificate(certificate), holderSha1 }, ports, signal),
  };
}

async function tryKey(
  server: ServerEntry,
  sha1: string,
  { home, keychain }: BindPorts,
  signal: AbortSignal,
): Promise<void> {
  const { panelUrl } = server;
  const credential = await readCredential(home, server, true, true);
  if ('state' in credential) throw new Error(credential.reason);
  const { trust } = credential;
  const line = keychain.openLine({ panelUrl, trust, identity: { name: ADMIN_NAME, sha1 } });
  try {
    const url = new URL('/api/onboarding/status', panelUrl);
    const limits = { timeoutMs: TRIAL_MS, maxBytes: MAX_ANSWER_BYTES, signal };
    // Any answer: the handshake came to its end, for which the key has signed.
    await line.send({ method: 'GET', url, ...limits });
  } finally {
    line.destroy();
  }
}

async function take(
  server: ServerEntry,
  {
    certificate,
    holderSha1,
  }: { readonly certificate: X509Certificate; readonly holderSha1: string },
  ports: BindPorts,
  signal: AbortSignal,
): Promise<P12Facts> {
  const { home, keychain, clock, registry, keystore } = ports;
  const { id } = server;
  const folder = serverFolder(home, id);
  const { name } = await keychain.addCertificate(certificate, { folder, signal });
  await keychain.removeCertificate(holderSha1, signal);
  await writeServerFile(home, id, 'client.pem', certificate.toString());
  const credential = {
    authMethod: 'keychain',
    keychainIdentity: name,
    p12Path: undefined,
    // Parts of the desktop app look here, others above: both say the same (contract: ServerEntry).
    adminAuth: { method: 'keychain', keychainIdentity: name },
  } as const;
  const proving = { ...ports, evenDead: true };
  const { api } = await patiently(
    () => connectPanel({ ...server, ...credential }, proving, signal),
    clock,
    signal,
  );
  api.close();
  // Without the signal: what is begun here is brought to its end.
  if ((await registry.list()).some((entry) => entry.id === id))
    await registry.change(id, credential);
  await wipeServerFile(home, id, 'client.p12');
  // The one that the desktop app imported.
  const imported = join(folder, 'admin.p12');
  await refuseSymbolicLink(imported);
  await wipeFile(imported);
  await keystore.delete(p12PasswordKey(id));
  await keystore.delete({ service: CREDENTIAL_SERVICE.admin, account: id });
  return p12Facts(certificate);
}
