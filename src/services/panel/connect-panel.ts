import { PortlamaError } from '../../core/errors.js';
import { PANEL_PORT } from '../../core/product.js';
import { readCredential } from '../health/panel-credential.js';
import type { Keychain } from '../keychain/keychain.js';
import { certificatePasswordKey, type Keystore } from '../keystore/keystore.js';
import type { Clock } from '../../core/time.js';
import type { Dial } from '../network/dial.js';
import type { ServerEntry } from '../registry/registry.js';
import { PanelApi } from './panel-api.js';
import type { OnboardingStatus } from './panel-bodies.js';
import { PanelApiError } from './panel-api-error.js';
import { PanelError } from './panel-error.js';
import type { PanelIdentity } from './panel.js';

export interface ConnectPorts {
  /** `~/.portlama` */
  readonly home: string;
  readonly keystore: Pick<Keystore, 'get' | 'title'>;
  readonly dial: Dial;
  /** Login keychain of a Mac. */
  readonly keychain?: Pick<Keychain, 'openLine'> | undefined;
  /** Tries a certificate that may be dead as well. */
  readonly evenDead?: boolean | undefined;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  /** Pause between two pings on a stream, milliseconds; the usual one by default. */
  readonly pingMs?: number | undefined;
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
  /** Undefined before the code. */
  readonly status?: OnboardingStatus | undefined;
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
  return await atEitherAddress(server, (panelUrl) => openAt(panelUrl, server, ports, signal));
}

/** Asks at the address in the list, else by the IP address. */
export async function atEitherAddress<T>(
  { ip, panelUrl }: ServerEntry,
  ask: (panelUrl: string) => Promise<T>,
): Promise<T> {
  const byAddress = `https://${ip}:${PANEL_PORT}`;
  try {
    return await ask(panelUrl);
  } catch (error) {
    const isElsewhere = error instanceof PanelError && ELSEWHERE.has(error.code);
    if (!isElsewhere || ip === '' || panelUrl === byAddress) throw error;
    // The first failure says more when neither answers.
    return await ask(byAddress).catch(() => {
      throw error;
    });
  }
}

async function openAt(
  panelUrl: string,
  server: ServerEntry,
  ports: ConnectPorts,
  signal: AbortSignal,
): Promise<OpenedPanel> {
  const { home, keystore, dial, authorities, keychain, evenDead, pingMs } = ports;
  const at = { ...server, panelUrl };
  const credential = await readCredential(home, at, keychain !== undefined, evenDead);
  if ('state' in credential) throw cannotOpen(server, credential.reason);
  const { opener, trust } = credential;
  if (!('p12' in opener)) {
    const line = keychain!.openLine({ panelUrl, trust, ...opener });
    return await provePanel(new PanelApi({ panelUrl, line, pingMs }), signal);
  }
  const passphrase = await keystore.get(certificatePasswordKey(server));
  if (passphrase === undefined) {
    const reason = `the password of its certificate is not in the credential store (${keystore.title})`;
    throw cannotOpen(server, reason);
  }
  const identity = { p12: opener.p12, passphrase };
  const options = { panelUrl, trust, identity, authorities, dial, pingMs };
  return await provePanel(new PanelApi(options), signal);
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

/** A panel answers some seconds after a restart; on a small droplet some more. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 500;

/** Tries again while a panel does not answer, for as long as a restart may take. */
export async function patiently<T>(
  attempt: () => Promise<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T> {
  const deadline = clock.monotonic() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const mayPass = error instanceof PanelError && error.retryable;
      if (!mayPass || clock.monotonic() > deadline) throw error;
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

/**
 * Proves the certificate; closes the client where that fails. One that was revoked is refused before the second factor
 * is asked for (contract: order of refusals).
 */
export async function provePanel(api: PanelApi, signal: AbortSignal): Promise<OpenedPanel> {
  try {
    const { status } = await api.onboarding(signal);
    return { api, wantsCode: false, status };
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
