import type { X509Certificate } from 'node:crypto';
import { PortlamaError } from '../../core/errors.js';
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
  /** The certificate that was kept here before, unless it is known that the panel takes it no more. */
  readonly alsoValid: AlsoValid | undefined;
}

export interface AlsoValid extends Pick<P12Facts, 'notAfter' | 'serial'> {
  /** False where the panel gave no answer to it. */
  readonly isSure: boolean;
}

/** Answers to a certificate that opens nothing. */
const REFUSALS = new Set([
  'panel-certificate-revoked',
  'panel-certificate-required',
  'panel-certificate-expired',
]);

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
): Promise<AlsoValid | undefined> {
  const kept = await readKept(server, ports);
  if (kept === undefined || kept.certificate.serialNumber === fresh.serialNumber) return undefined;
  const { notAfter, serial } = p12Facts(kept.certificate);
  try {
    const { api } = await provePanel(panelAt(server, panelPem, kept.identity, ports)(), signal);
    api.close();
    return { notAfter, serial, isSure: true };
  } catch (error) {
    const isDead = error instanceof PortlamaError && REFUSALS.has(error.code);
    return isDead ? undefined : { notAfter, serial, isSure: false };
  }
}

/** Undefined where it is lost. */
async function readKept(
  server: ServerEntry,
  { home, keystore }: RecoverPorts,
): Promise<
  { readonly identity: PanelIdentity; readonly certificate: X509Certificate } | undefined
> {
  try {
    const p12 = await readServerP12(home, server);
    const passphrase = await keystore.get(certificatePasswordKey(server));
    if (p12 === undefined || passphrase === undefined) return undefined;
    const identity = { p12, passphrase };
    return { identity, certificate: await readClientCertificate(identity) };
  } catch {
    return undefined;
  }
}
