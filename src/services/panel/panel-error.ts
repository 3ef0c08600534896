import { PortlamaError, systemCodeOf } from '../../core/errors.js';
import { PANEL_PORT, RESET_COMMAND, SERVER_PATH, UNIT } from '../../core/product.js';
import type { PanelErrorCode } from './panel.js';

/** A panel could not be asked, or did not give the answer of a panel. */
export class PanelError extends PortlamaError {
  override readonly name = 'PanelError';
  declare readonly code: PanelErrorCode;

  constructor(code: PanelErrorCode, message: string, cause?: unknown) {
    super({ code, message, hint: HINTS[code], retryable: RETRYABLE.has(code), cause });
  }
}

/** Says in a PanelError why a connection to `host` (name or address with port) failed. */
export function toPanelError(error: unknown, host: string): PanelError {
  const known = findPanelError(error);
  if (known !== undefined) return known;
  const code = systemCodeOf(error) ?? '';
  if (code === 'ECONNREFUSED') {
    return new PanelError('panel-refused', `${host} refuses connections.`, error);
  }
  if (code === 'ETIMEDOUT') {
    return new PanelError('panel-timeout', `${host} did not answer in time.`, error);
  }
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME'].includes(code)) {
    return new PanelError('panel-name-unknown', `The name of ${host} cannot be resolved.`, error);
  }
  if (CERTIFICATE_ALERT.test(code)) return certificateRequired(host, error);
  if (/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code)) {
    return new PanelError('panel-tls-too-old', `${host} does not speak TLS 1.3.`, error);
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code)) {
    return new PanelError('panel-answer-unexpected', `${host} does not speak TLS.`, error);
  }
  if (isCertificateProblem(code)) {
    const text = `The certificate of ${host} is not valid: ${CERTIFICATE_PROBLEMS[code] ?? code}.`;
    return new PanelError('panel-certificate-invalid', text, error);
  }
  const reason =
    CONNECTION_PROBLEMS[code] ?? `the connection failed${code === '' ? '' : ` with ${code}`}`;
  return new PanelError('panel-unreachable', `${host} cannot be reached: ${reason}.`, error);
}

/** nginx or the TLS layer did not accept our certificate. */
export function certificateRequired(host: string, cause?: unknown): PanelError {
  const text = `${host} did not accept this computer's admin certificate.`;
  return new PanelError('panel-certificate-required', text, cause);
}

/** True for the pages with which nginx refuses a visitor without an accepted certificate. */
export function isCertificatePage(
  status: number,
  contentType: string | undefined,
  body: string,
): boolean {
  return status === 400 && isHtml(contentType) && /certificate/i.test(body);
}

/** The error that an answer of nginx itself means; undefined for one of the panel server. */
export function pageError(
  host: string,
  status: number,
  contentType: string | undefined,
  body: string,
): PanelError | undefined {
  if (isCertificatePage(status, contentType, body)) return certificateRequired(host);
  if (isHtml(contentType) && status === 504) {
    const message = `The panel of ${host} takes longer than nginx waits; its work may continue.`;
    return new PanelError('panel-timeout', message);
  }
  // The panel server is down, or restarts.
  if (isHtml(contentType) && (status === 502 || status === 503)) {
    const message = `The panel server of ${host} does not answer (${status}).`;
    return new PanelError('panel-server-down', message);
  }
  if (!isHtml(contentType) && status >= 400) return undefined;
  const message = `${host} answered ${status} in a form that no panel uses.`;
  return new PanelError('panel-answer-unexpected', message);
}

function isHtml(contentType = ''): boolean {
  return contentType.startsWith('text/html');
}

/** Explains a refusal by the dates of the certificate where these are the reason. */
export function explainedByDates(
  error: PanelError,
  dates: { readonly notBefore: number; readonly notAfter: number } | undefined,
  now: number,
): PanelError {
  if (error.code !== 'panel-certificate-required' || dates === undefined) return error;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  if (now < dates.notBefore) {
    const time = new Date(dates.notBefore).toISOString().slice(11, 16);
    const text = `This computer's admin certificate is valid only from ${day(dates.notBefore)} ${time} UTC.`;
    return new PanelError('panel-certificate-early', text, error);
  }
  if (now <= dates.notAfter) return error;
  const text = `This computer's admin certificate expired on ${day(dates.notAfter)}.`;
  return new PanelError('panel-certificate-expired', text, error);
}

/** Libraries wrap what a connection failed with. */
function findPanelError(error: unknown): PanelError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof PanelError) return current;
  }
  return undefined;
}

/** TLS alerts asking for another certificate, in OpenSSL's words. */
const CERTIFICATE_ALERT =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(UNKNOWN|REVOKED|EXPIRED)|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|HANDSHAKE_FAILURE)/;

/** Texts for connection failures. */
const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'no route to this address (EHOSTUNREACH)',
  ENETUNREACH: 'no route to its network (ENETUNREACH)',
  EHOSTDOWN: 'it seems to be down (EHOSTDOWN)',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  EPIPE: 'it closed the connection (EPIPE)',
};

/** Results of verifying a certificate chain (OpenSSL's X509_V_ERR names) and Node's check of the name. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet (is the clock right?)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'no known authority signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no known authority signed it',
  UNABLE_TO_GET_ISSUER_CERT: 'no known authority signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no known authority signed it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was issued for another name',
  CERT_REVOKED: 'it was revoked',
};

function isCertificateProblem(code: string): boolean {
  return code in CERTIFICATE_PROBLEMS || /^(CERT|CRL|INVALID_CA|PATH_LENGTH)_?/.test(code);
}

const RETRYABLE: ReadonlySet<PanelErrorCode> = new Set([
  'panel-timeout',
  'panel-refused',
  'panel-unreachable',
  'panel-name-unknown',
  'panel-server-down',
]);

const HINTS: Readonly<Record<PanelErrorCode, string>> = {
  'panel-timeout': `The server may be off, starting, or behind a firewall that drops port ${PANEL_PORT}. Look at the droplet in the DigitalOcean console.`,
  'panel-refused':
    'The machine is up but nothing listens there. On the server, look at: systemctl status nginx',
  'panel-unreachable': 'Check this computer’s network, and that the address is right.',
  'panel-name-unknown': 'Check the name for typing errors, and that its DNS record exists.',
  'panel-certificate-changed': `The connection may be intercepted, or the panel was reinstalled. Compare the fingerprint on the server before accepting: openssl x509 -noout -fingerprint -sha256 -in ${SERVER_PATH.panelCertificate}`,
  'panel-certificate-invalid':
    'Check the address (a panel with a domain is at https://panel.DOMAIN) and the clock of this computer. A panel without a domain has a self-signed certificate: it has to be confirmed once.',
  'panel-tls-too-old':
    'A panel of Portlama does. Check the address; on the server, look for ssl_protocols in /etc/nginx.',
  'panel-certificate-required': `The certificate may have been reset or revoked. On the server, ${RESET_COMMAND} makes a new client.p12 and password.`,
  'panel-certificate-early':
    'The clock of the server was ahead when it was made, or the clock of this computer is behind: compare date -u on both.',
  'panel-certificate-expired': `On the server, ${RESET_COMMAND} makes a new client.p12 and password.`,
  'panel-server-down': `nginx answers, the panel server behind it does not. On the server, look at: systemctl status ${UNIT.panel}`,
  'p12-wrong-password': `The password does not belong to this client.p12. On the server it is in ${SERVER_PATH.p12Password}, but after a renewal that file is stale: recover the certificate then.`,
  'p12-unreadable': `The certificate file is damaged or of an old kind (RC2). Fetch ${SERVER_PATH.p12} from the server again.`,
  'panel-answer-unexpected': 'Check that the address is that of a Portlama panel.',
  'curl-failed':
    'The curl of macOS is needed: /usr/bin/curl --version has to name SecureTransport.',
  'identity-missing': `It was deleted from the keychain. The server still has it: fetch ${SERVER_PATH.p12} and .p12-password, and import it in Keychain Access.`,
  'identity-ambiguous':
    'curl finds an identity by its name only. List them with: security find-identity -p ssl-client. Delete those that are not needed with: security delete-identity -Z HASH',
  'identity-locked':
    'Unlock it: security unlock-keychain ~/Library/Keychains/login.keychain-db. If macOS asks on the screen of the Mac whether curl may use the key, answer Always Allow there once.',
  'identity-denied':
    'Try again, and answer Always Allow when macOS asks whether curl may use the key.',
};
