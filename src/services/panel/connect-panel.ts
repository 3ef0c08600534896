import { PortlamaError } from '../../core/errors.js';
import { PANEL_PORT } from '../../core/product.js';
import { readCredential } from '../health/panel-credential.js';
import { certificatePasswordKey, type Keystore } from '../keystore/keystore.js';
import type { Dial } from '../network/dial.js';
import type { ServerEntry } from '../registry/registry.js';
import { PanelApi } from './panel-api.js';
import { PanelApiError } from './panel-api-error.js';
import { PanelError } from './panel-error.js';
import type { PanelIdentity } from './panel.js';

export interface ConnectPorts {
  /** `~/.portlama` */
  readonly home: string;
  readonly keystore: Pick<Keystore, 'get' | 'title'>;
  readonly dial: Dial;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
}

/** Failures after which the other address may still answer. */
const ELSEWHERE = new Set([
  'panel-name-unknown',
  'panel-unreachable',
  'panel-refused',
  'panel-timeout',
  'panel-certificate-invalid',
]);

/** A panel whose certificate was proven with one call. */
export interface OpenedPanel {
  readonly api: PanelApi;
  /** The panel answers nothing before the code of its second factor (`enterCode`). */
  readonly wantsCode: boolean;
}

/**
 * Opens a server's panel with the admin's certificate kept here: at its address in the list, else by its IP address and
 * the pinned certificate.
 */
export async function connectPanel(
  server: ServerEntry,
  ports: ConnectPorts,
  signal: AbortSignal,
): Promise<OpenedPanel> {
  const byAddress = `https://${server.ip}:${PANEL_PORT}`;
  try {
    return await openAt(server.panelUrl, server, ports, signal);
  } catch (error) {
    const isElsewhere = error instanceof PanelError && ELSEWHERE.has(error.code);
    if (!isElsewhere || server.ip === '' || server.panelUrl === byAddress) throw error;
    // The first failure says more when neither answers.
    return await openAt(byAddress, server, ports, signal).catch(() => {
      throw error;
    });
  }
}

async function openAt(
  panelUrl: string,
  server: ServerEntry,
  { home, keystore, dial, authorities }: ConnectPorts,
  signal: AbortSignal,
): Promise<OpenedPanel> {
  const credential = await readCredential(home, { ...server, panelUrl }, true);
  if ('state' in credential) throw cannotOpen(server, credential.reason);
  const { opener, trust } = credential;
  if (!('p12' in opener))
    throw cannotOpen(server, 'the key of its certificate cannot leave the keychain of this Mac');
  const passphrase = await keystore.get(certificatePasswordKey(server));
  if (passphrase === undefined) {
    const reason = `the password of its certificate is not in the credential store (${keystore.title})`;
    throw cannotOpen(server, reason);
  }
  const identity = { p12: opener.p12, passphrase };
  return await provePanel(new PanelApi({ panelUrl, trust, identity, authorities, dial }), signal);
}

/** Opens the panel at an address with another certificate than the one kept here, and proves that one. */
export async function openPanelWith(
  server: ServerEntry,
  panelUrl: string,
  identity: PanelIdentity,
  { home, dial, authorities }: ConnectPorts,
  signal: AbortSignal,
): Promise<PanelApi> {
  const credential = await readCredential(home, { ...server, panelUrl }, true);
  if ('state' in credential) throw cannotOpen(server, credential.reason);
  const { trust } = credential;
  const api = new PanelApi({ panelUrl, trust, identity, authorities, dial });
  return (await provePanel(api, signal)).api;
}

/**
 * Proves the certificate; closes the client where that fails. One that was revoked is refused before the second factor
 * is asked for (contract: order of refusals).
 */
export async function provePanel(api: PanelApi, signal: AbortSignal): Promise<OpenedPanel> {
  try {
    await api.onboarding(signal);
    return { api, wantsCode: false };
  } catch (error) {
    if (error instanceof PanelApiError && error.code === 'panel-two-factor')
      return { api, wantsCode: true };
    api.close();
    throw error;
  }
}

function cannotOpen({ id, label }: ServerEntry, reason: string): PortlamaError {
  return new PortlamaError({
    code: 'panel-not-openable',
    message: `The panel of ${label} cannot be opened from here: ${reason}.`,
    hint: [
      { command: 'certificate.import', id },
      { command: 'servers.recover', id },
      { command: 'certificate.trust', id },
    ],
  });
}
