import { isIP } from 'node:net';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Dial, pinnedDial } from '../network/dial.js';
import type { AllowedAddresses, Lookup } from '../network/addresses.js';
import { systemCodeOf } from '../../core/errors.js';
import { resolvePublicAddress } from './address.js';
import { isCertificatePage, toPanelError } from './panel-error.js';
import { type PanelUrl, parsePanelUrl, suggestedLabel } from './panel-url.js';
import {
  type CertificateFacts,
  certificateFacts,
  openPanelTls,
  panelAddress,
} from './panel-tls.js';

/** A panel that answered, as it is shown before it is added. */
export interface PanelInspection extends PanelUrl {
  /** The checked address that was connected to. */
  readonly address: string;
  readonly certificate: CertificateFacts;
  /**
   * `public`: issued by an authority the system trusts. `confirm`: issued by no trusted authority, so its
   * SHA-256 is shown, and once confirmed its key is pinned.
   */
  readonly trust: 'public' | 'confirm';
  /** True for a Portlama panel, including its page on how to get a certificate. */
  readonly isPortlama: boolean;
  /** True where a visitor without the admin certificate is refused for that. */
  readonly wantsCertificate: boolean;
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
    wantsCertificate: probe.wantsCertificate,
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

export interface ProbeOptions {
  readonly timeoutMs?: number | undefined;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Facts that a panel reveals without a client certificate. */
interface PanelProbe {
  /** Certificate it presented; unverified: for display, and for pinning once confirmed. */
  readonly certificate: CertificateFacts;
  /** Certificate issued for this name by an authority the system trusts: it needs no pin. */
  readonly publiclyTrusted: boolean;
  /** Why they do not, in OpenSSL's words: `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly distrust: string | undefined;
  readonly httpStatus: number;
  /** Its "certificate required" page, or the answer of its panel server: a Portlama panel. */
  readonly isPortlama: boolean;
  readonly wantsCertificate: boolean;
}

/** Open to visitors without a certificate (contract: who may call); the panel server refuses this token as malformed. */
const OPEN_PATH = '/api/invite/x';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Looks at a panel without any certificate or trust. The "certificate required" page counts as reachable.
 * Rejects with PanelError when nothing answers in HTTP over TLS.
 */
export async function probePanel(
  panelUrl: string,
  dial: Dial,
  options: ProbeOptions = {},
): Promise<PanelProbe> {
  const { host, port, shown } = panelAddress(panelUrl);
  const { timeoutMs = TIMEOUT_MS, authorities, signal } = options;
  try {
    const looking = { trust: undefined, authorities, dial, timeoutMs, signal };
    const look = async (path: string) => {
      const tls = await openPanelTls({ host, port, ...looking });
      try {
        const presented = tls.getPeerX509Certificate();
        if (presented === undefined) throw new Error('no certificate was presented');
        const answer = await get(tls, shown, path, timeoutMs, signal);
        return { tls, certificate: certificateFacts(presented), answer };
      } finally {
        tls.destroy();
      }
    };
    const { tls, certificate, answer } = await look('/api/health');
    const wantsCertificate = isCertificatePage(answer.status, answer.contentType, answer.body);
    // At its name nginx has no help page, and refuses in words that any site may use.
    const isNamed = !wantsCertificate || isPortlama(answer);
    const judged = isNamed ? answer : (await look(OPEN_PATH)).answer;
    return {
      certificate,
      publiclyTrusted: tls.authorized,
      distrust: distrustOf(tls),
      httpStatus: judged.status,
      isPortlama: isPortlama(judged),
      wantsCertificate,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw toPanelError(error, shown);
  }
}

/** Node has the code here, although its types say that it is an Error. */
function distrustOf({ authorized, authorizationError }: TLSSocket): string | undefined {
  return authorized ? undefined : (systemCodeOf(authorizationError) ?? String(authorizationError));
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function isPortlama({ status, contentType, body }: Answer): boolean {
  if (contentType.startsWith('text/html')) return /<title>[^<]*\bPortlama\b/i.test(body);
  if (status === 400) return /^\s*\{\s*"error"\s*:\s*"Validation failed"/.test(body);
  return status === 200 && /^\s*\{\s*"status"\s*:\s*"ok"/.test(body);
}

function get(
  tls: TLSSocket,
  host: string,
  path: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const ending = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => tls,
      path,
      headers: { host, accept: 'application/json', connection: 'close' },
      signal: ending,
    });
    request.on('error', (error) => reject(deadline.aborted ? timedOut(error) : error));
    request.on('response', (response) => {
      readBounded(response).then((body) => {
        const contentType = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, contentType, body });
      }, reject);
    });
    request.end();
  });
}

/** The beginning of a stranger's answer, however long it is. */
async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function timedOut(cause: Error): Error {
  return Object.assign(new Error('no answer in time', { cause }), { code: 'ETIMEDOUT' });
}

/**
 * Comparison of a panel's certificate with the trusted one: `same`; `changed`; and without a
 * trusted one `public`, when issued by an authority the system trusts, or `unconfirmed`.
 */
export type Verdict = 'same' | 'changed' | 'public' | 'unconfirmed';

export function verdictOn(
  { certificate, trust }: Pick<PanelInspection, 'certificate' | 'trust'>,
  trusted: CertificateFacts | undefined,
): Verdict {
  if (trusted !== undefined)
    return trusted.spkiSha256 === certificate.spkiSha256 ? 'same' : 'changed';
  return trust === 'public' ? 'public' : 'unconfirmed';
}
