import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { systemCodeOf } from '../../core/errors.js';
import type { Dial } from '../network/dial.js';
import { toPanelError } from './panel-error.js';
import { openPanelTls, panelAddress } from './panel-tls.js';
import { certificateFacts, type CertificateFacts } from './pin.js';

export interface ProbeOptions {
  readonly timeoutMs?: number | undefined;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Facts that a panel reveals without a client certificate. */
export interface PanelProbe {
  /** Certificate it presented; unverified: for display, and for pinning once confirmed. */
  readonly certificate: CertificateFacts;
  /** The system's authorities vouch for the certificate and the name: it needs no pin. */
  readonly publiclyTrusted: boolean;
  /** Why they do not, in OpenSSL's words: `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly distrust: string | undefined;
  readonly httpStatus: number;
  /** Its "certificate required" page, or the answer of its panel server: a Portlama panel. */
  readonly isPortlama: boolean;
}

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
    const tls = await openPanelTls({ host, port, ...looking });
    try {
      const presented = tls.getPeerX509Certificate();
      if (presented === undefined) throw new Error('no certificate was presented');
      const answer = await get(tls, shown, timeoutMs, signal);
      return {
        certificate: certificateFacts(presented),
        publiclyTrusted: tls.authorized,
        distrust: distrustOf(tls),
        httpStatus: answer.status,
        isPortlama: isPortlama(answer),
      };
    } finally {
      tls.destroy();
    }
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
  return status === 200 && /^\s*\{\s*"status"\s*:\s*"ok"/.test(body);
}

function get(
  tls: TLSSocket,
  host: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const ending = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => tls,
      path: '/api/health',
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
