import type { X509Certificate } from 'node:crypto';
import { PANEL_PORT, SERVER_PATH } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import { certificatePasswordKey, type Keystore } from '../keystore/keystore.js';
import type { Registry, ServerEntry } from '../registry/registry.js';
import { importCertificate } from '../registry/server-credentials.js';
import { readServerP12, writeServerFile } from '../registry/server-files.js';
import { type RemoteFile } from '../ssh/read-files.js';
import { type ConnectPorts, patiently, provePanel } from './connect-panel.js';
import { type P12Facts, p12Facts, readClientCertificate } from './identity.js';
import { PanelApi } from './panel-api.js';
import type { PanelIdentity } from './panel.js';

const CERTIFICATE_MAX_BYTES = 1024 * 1024;
/** A password is a line; anything longer is not the installer's file. */
const PASSWORD_MAX_BYTES = 1024;
/** Pair of the admin on a server, and the certificate of its panel. */
export const ADMIN_FILES = {
  p12: { path: SERVER_PATH.p12, maxBytes: CERTIFICATE_MAX_BYTES },
  password: { path: SERVER_PATH.p12Password, maxBytes: PASSWORD_MAX_BYTES },
  panelPem: { path: SERVER_PATH.panelCertificate, maxBytes: CERTIFICATE_MAX_BYTES },
} as const satisfies Record<string, RemoteFile>;

export interface RecoverPorts extends ConnectPorts {
  readonly keystore: Keystore;
  readonly registry: Registry;
  readonly clock: Clock;
}

export interface Recovered {
  readonly facts: P12Facts;
  /** The certificate that was kept here before, where the panel takes it still. */
  readonly alsoValid: P12Facts | undefined;
}

/**
 * Keeps the pair that a server has now, once it has opened the panel: its password, the file, the entry, in this order.
 * Rejects with `p12-wrong-password` where file and password are of different certificates, as after a rotation
 * (contract: `.p12-password`), and with `panel-certificate-revoked`; nothing is kept then.
 */
export async function recoverCertificate(
  server: ServerEntry,
  files: Record<keyof typeof ADMIN_FILES, Buffer>,
  ports: RecoverPorts,
  signal: AbortSignal,
): Promise<Recovered> {
  const { home, keystore, registry } = ports;
  const passphrase = files.password.toString('utf8').trim();
  const identity = { p12: files.p12, passphrase };
  const certificate = await readClientCertificate(identity);
  const panelPem = files.panelPem.toString('utf8');
  const open = panelAt(server, panelPem, identity, ports);
  const { api } = await patiently(() => provePanel(open(), signal), ports.clock, signal);
  api.close();
  const alsoValid = await findValid(server, certificate, panelPem, ports, signal);
  // Without the signal: what is begun here is brought to its end.
  await writeServerFile(home, server.id, 'panel.pem', files.panelPem);
  const pair = { p12: files.p12, password: passphrase };
  const facts = await importCertificate(server.id, pair, { home, registry, keystore });
  return { facts, alsoValid };
}

/** A reset opens the panel's port again, so that the pinned address answers whatever its names lead to. */
function panelAt(
  { ip }: ServerEntry,
  certificatePem: string,
  identity: PanelIdentity,
  { dial, authorities }: ConnectPorts,
): () => PanelApi {
  const panelUrl = `https://${ip}:${PANEL_PORT}`;
  const trust = { kind: 'pinned', certificatePem } as const;
  return () => new PanelApi({ panelUrl, trust, identity, authorities, dial });
}

/** One that was rotated away is not revoked by a reset (contract: portlama-reset-admin). */
async function findValid(
  server: ServerEntry,
  fresh: X509Certificate,
  panelPem: string,
  ports: RecoverPorts,
  signal: AbortSignal,
): Promise<P12Facts | undefined> {
  try {
    const p12 = await readServerP12(ports.home, server);
    const passphrase = await ports.keystore.get(certificatePasswordKey(server));
    if (p12 === undefined || passphrase === undefined) return undefined;
    const identity = { p12, passphrase };
    const old = await readClientCertificate(identity);
    if (old.serialNumber === fresh.serialNumber) return undefined;
    const { api } = await provePanel(panelAt(server, panelPem, identity, ports)(), signal);
    api.close();
    return p12Facts(old);
  } catch {
    // A lost one, or one that the reset ended.
    return undefined;
  }
}
