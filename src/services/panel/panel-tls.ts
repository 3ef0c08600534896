import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import type { Disposable } from '../../core/lifecycle.js';
import { connectTimeout, type Dial, withCode } from '../network/dial.js';
import { PanelError } from './panel-error.js';
import type { PanelTrust } from './panel.js';

/** A certificate as it is shown and compared. */
export interface CertificateFacts {
  readonly pem: string;
  /** Fingerprint of the whole certificate: `AB:CD:…`, as browsers and openssl print it. */
  readonly sha256: string;
  /**
   * Hash of its public key (RFC 7469): base64 SHA-256 of the SubjectPublicKeyInfo. Pins compare
   * this one.
   */
  readonly spkiSha256: string;
  /** `CN=203.0.113.42`, one attribute a line. From outside: escape before showing. */
  readonly subject: string;
  readonly issuer: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly selfSigned: boolean;
}

/** Reads a certificate given as PEM or DER. Throws when it is none. */
export function certificateFacts(certificate: X509Certificate | string | Buffer): CertificateFacts {
  const x509 =
    certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  return {
    pem: x509.toString(),
    sha256: x509.fingerprint256,
    spkiSha256: spkiSha256(x509),
    subject: x509.subject,
    issuer: x509.issuer,
    notBefore: Date.parse(x509.validFrom),
    notAfter: Date.parse(x509.validTo),
    selfSigned: x509.checkIssued(x509) && x509.verify(x509.publicKey),
  };
}

export function spkiSha256(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

export interface PanelTlsOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: accepts any certificate. Only for looking at it, never for sending anything that matters. */
  readonly trust: PanelTrust | undefined;
  /** With the client certificate; undefined for none. */
  readonly secureContext?: SecureContext | undefined;
  /** PEM certificates that count as public authorities instead of the system's. */
  readonly authorities?: readonly string[] | undefined;
  readonly dial: Dial;
  /** Session of an earlier connection, to be resumed; the panel may refuse it. */
  readonly session?: Buffer | undefined;
  /** Gets each session that the trusted panel offers. */
  readonly onSession?: ((session: Buffer) => void) | undefined;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Requires TLS 1.3: earlier versions send the client's certificate before the server is verified.
 * In TLS 1.3 it is part of the last message of the handshake, which is written only after
 * `secureConnect` was handled.
 */
export const MIN_TLS_VERSION = 'TLSv1.3';

/** Host (without brackets) and port of a panel's address. */
export function panelAddress(panelUrl: string): { host: string; port: number; shown: string } {
  const url = URL.canParse(panelUrl) ? new URL(panelUrl) : undefined;
  if (url?.protocol !== 'https:') {
    const text = `${JSON.stringify(panelUrl)} is not the https address of a panel.`;
    throw new PanelError('panel-answer-unexpected', text);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: url.port === '' ? 443 : Number(url.port), shown: url.host };
}

/** Undocumented in Node: without it there is a full handshake. */
type Resuming = TLSSocket & { readonly setSession?: (session: Buffer) => void };

/**
 * A TLS connection to a panel that has proved to be the trusted one. To any other not even a certificate is sent.
 * Rejects with PanelError `panel-certificate-changed`, or with the system's or OpenSSL's error.
 */
export async function openPanelTls(options: PanelTlsOptions): Promise<TLSSocket> {
  const { host, port, dial, timeoutMs, signal, trust, session } = options;
  signal?.throwIfAborted();
  // A panel that resumes a session shows no certificate: it has the secret of one in which the pin was compared.
  const pinned =
    trust?.kind === 'pinned' && session === undefined
      ? readPin(trust.certificatePem, host)
      : undefined;
  const ending = endingOf(timeoutMs, signal);
  const socket = dial.isDirect
    ? undefined
    : await dial(host, port, { timeoutMs, signal }).catch((error: unknown) => {
        ending.dispose();
        throw error;
      });
  const tls = connect({
    ...tlsOptions(options),
    ...(socket === undefined ? { port } : { socket, session }),
  });
  if (socket === undefined) {
    // Delayed small packets would cost a round trip.
    tls.setNoDelay(true);
    // Node reads one among the options twice, its certificate included: a tenth of the work of a look each time.
    if (session !== undefined)
      tls.prependOnceListener('connect', () => (tls as Resuming).setSession?.(session));
  }
  const isConnected = (): boolean => socket !== undefined || !tls.connecting;
  const handOn = holdSessions(tls, options.onSession);
  try {
    await handshake(tls, ending.signal, () => {
      if (trust?.kind !== 'pinned' || (session !== undefined && tls.isSessionReused())) return;
      comparePin(tls, pinned ?? readPin(trust.certificatePem, host), options);
    });
    handOn();
    return tls;
  } catch (error) {
    const wasConnected = isConnected();
    tls.destroy();
    socket?.destroy();
    if (!ending.isLate() || signal?.aborted) throw error instanceof Error ? withCode(error) : error;
    if (!wasConnected) throw connectTimeout(host, port, timeoutMs);
    throw new PanelError('panel-timeout', `${host}:${port} did not finish the TLS handshake.`);
  } finally {
    ending.dispose();
  }
}

/**
 * Aborts when the time is over, or with the given signal. Nothing of it outlives its use: `AbortSignal.timeout` would for
 * all of its time, thousands of them in a watch.
 */
function endingOf(
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Disposable & { readonly signal: AbortSignal; isLate(): boolean } {
  const ending = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    ending.abort();
  }, timeoutMs);
  const handleAbort = (): void => ending.abort(signal?.reason);
  if (signal?.aborted) handleAbort();
  signal?.addEventListener('abort', handleAbort, { once: true });
  return {
    signal: ending.signal,
    isLate: () => late,
    dispose() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', handleAbort);
    },
  };
}

/** Hands on no session before the returned function is called: that of a panel that is not trusted is dropped. */
function holdSessions(tls: TLSSocket, onSession: PanelTlsOptions['onSession']): () => void {
  if (onSession === undefined) return () => undefined;
  let isTrusted = false;
  let early: Buffer | undefined;
  tls.on('session', (session) => {
    if (isTrusted) onSession(session);
    else early = session;
  });
  return () => {
    isTrusted = true;
    if (early !== undefined) onSession(early);
  };
}

function tlsOptions(options: PanelTlsOptions): ConnectionOptions {
  const { host, trust, secureContext, authorities } = options;
  return {
    host,
    // An address is no server name (RFC 6066, 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(secureContext === undefined ? {} : { secureContext }),
    ...(authorities === undefined ? {} : { ca: [...authorities] }),
    minVersion: MIN_TLS_VERSION,
    ALPNProtocols: ['http/1.1'],
    // A self-signed certificate has no chain to verify: its public key is compared instead, right after the
    // handshake that proved that the other side has the private one. So it may be renewed, and may expire.
    rejectUnauthorized: trust?.kind === 'public',
  };
}

/** `check` throws for a peer that is not the right one, at once: a later turn would let the certificate out. */
function handshake(tls: TLSSocket, signal: AbortSignal, check: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const handleAbort = (): void => settle(signal.reason);
    const handleClose = (): void =>
      settle(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
    const handleSecure = (): void => {
      try {
        check();
        settle(undefined);
      } catch (error) {
        tls.destroy();
        settle(error);
      }
    };
    const settle = (error: unknown): void => {
      signal.removeEventListener('abort', handleAbort);
      tls.off('secureConnect', handleSecure);
      tls.off('close', handleClose);
      if (error === undefined) {
        tls.off('error', settle);
        resolve();
      } else {
        // The listener for errors stays: a late one on a socket that is given up must not end the process.
        reject(error instanceof Error ? error : new Error('aborted'));
      }
    };
    tls.on('secureConnect', handleSecure);
    tls.on('error', settle);
    tls.on('close', handleClose);
    if (signal.aborted) handleAbort();
    else signal.addEventListener('abort', handleAbort, { once: true });
  });
}

/** The leaf's key counts, whatever else the other side sends along. */
function comparePin(tls: TLSSocket, pinned: X509Certificate, options: PanelTlsOptions): void {
  const presented = tls.getPeerX509Certificate();
  if (presented !== undefined && spkiSha256(presented) === spkiSha256(pinned)) return;
  const where = `${options.host}:${options.port}`;
  const shown = presented === undefined ? 'none' : presented.fingerprint256;
  throw new PanelError(
    'panel-certificate-changed',
    `The certificate of ${where} is not the pinned one (pinned SHA-256 ${pinned.fingerprint256}, shown ${shown}).`,
  );
}

function readPin(certificatePem: string, host: string): X509Certificate {
  try {
    return new X509Certificate(certificatePem);
  } catch (error) {
    const text = `The certificate that is pinned for ${host} cannot be read.`;
    throw new PanelError('panel-certificate-invalid', text, error);
  }
}
