import { isIP } from 'node:net';
import { type Dial, pinnedDial } from '../network/dial.js';
import type { AllowedAddresses, Lookup } from '../network/addresses.js';
import { resolvePublicAddress } from './address.js';
import { toPanelError } from './panel-error.js';
import { type PanelUrl, parsePanelUrl, suggestedLabel } from './panel-url.js';
import type { CertificateFacts } from './pin.js';
import { type PanelProbe, probePanel } from './probe.js';

/** A panel that answered, as it is shown before it is added. */
export interface PanelInspection extends PanelUrl {
  /** The checked address that was connected to. */
  readonly address: string;
  readonly certificate: CertificateFacts;
  /**
   * `public`: the system's authorities vouch for the name. `confirm`: nothing vouches for the certificate, so its
   * SHA-256 is shown, and once confirmed its key is pinned.
   */
  readonly trust: 'public' | 'confirm';
  /** True for a Portlama panel, including its page on how to get a certificate. */
  readonly isPortlama: boolean;
  readonly httpStatus: number;
  /** Valid, and not one of the labels given. */
  readonly suggestedLabel: string;
}

export interface InspectOptions {
  readonly dial: Dial;
  readonly lookup: Lookup;
  readonly allow: AllowedAddresses;
  /** Labels of the servers in the list. */
  readonly labels?: readonly string[] | undefined;
  readonly timeoutMs?: number | undefined;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Inspects the panel at a typed address, over a connection to the very address that was checked.
 * Throws InputError for a refused address, PanelError when nothing answers there or its certificate
 * is broken.
 */
export async function inspectPanel(
  urlText: string,
  options: InspectOptions,
): Promise<PanelInspection> {
  const { dial, lookup, allow, labels, signal, ...probing } = options;
  const where = parsePanelUrl(urlText);
  const addresses = await resolvePublicAddress(where.host, lookup, { allow, signal });
  let address = addresses[0]!.address;
  const pinned = pinnedDial(addresses, dial, (connected) => (address = connected));
  const probe = await probePanel(where.url, pinned, { ...probing, signal });
  return {
    ...where,
    address,
    certificate: probe.certificate,
    trust: trustOf(where, probe),
    isPortlama: probe.isPortlama,
    httpStatus: probe.httpStatus,
    suggestedLabel: suggestedLabel(where.host, labels),
  };
}

/**
 * Offers only self-signed certificates for confirmation: any other untrusted one is broken, or a
 * stranger's.
 */
function trustOf({ host, url }: PanelUrl, probe: PanelProbe): PanelInspection['trust'] {
  if (!probe.publiclyTrusted && !probe.certificate.selfSigned)
    throw toPanelError({ code: probe.distrust }, new URL(url).host);
  // A panel at a mere address is known by its pin alone later on.
  return probe.publiclyTrusted && isIP(host) === 0 ? 'public' : 'confirm';
}
