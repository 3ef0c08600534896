import { X509Certificate } from 'node:crypto';
import { PanelError } from './panel-error.js';
import { panelAddress } from './panel-tls.js';
import type { PanelTrust } from './panel.js';
import { spkiSha256 } from './pin.js';

/** Format of the line that curl prints after the answer (curl(1), --write-out). */
const FACTS = '\\n%{http_code}\\t%{content_type}\\t%{time_pretransfer}\\t%{time_starttransfer}';

export interface CurlRequest {
  readonly panelUrl: string;
  readonly trust: PanelTrust;
  /** Common name of an identity in the keychain. */
  readonly identityName: string;
  readonly connectTimeoutMs: number;
  readonly timeoutMs: number;
}

/** GET /api/health as a configuration for curl's standard input, so that nothing of it is in its arguments. */
export function curlConfig(request: CurlRequest): string {
  const { panelUrl, trust, identityName, connectTimeoutMs, timeoutMs } = request;
  const lines = [
    ['url', new URL('/api/health', panelUrl).href],
    ['proto', '=https'],
    ['noproxy', '*'],
    // Brackets and braces in the address are no patterns.
    ['globoff'],
    ['tlsv1.2'],
    ['http1.1'],
    ...trustLines(trust, panelUrl),
    // A colon would begin a password (curl(1), --cert).
    ['cert', identityName.replaceAll(/[\\:]/g, '\\$&')],
    ['header', 'accept: application/json'],
    ['connect-timeout', seconds(connectTimeoutMs)],
    ['max-time', seconds(timeoutMs)],
    ['silent'],
    ['show-error'],
  ];
  // curl reads the escapes of this one itself.
  return [...lines.map(configLine), `write-out = "${FACTS}"`, ''].join('\n');
}

/**
 * Trusts only the key when there is a pin, like `openPanelTls`: the panel's own certificate is
 * valid for ten years, and macOS accepts none of more than 825 days from any authority. Skips
 * verification of the chain, but never without the pin, on which curl ends before anything is sent.
 */
function trustLines(trust: PanelTrust, panelUrl: string): readonly (readonly string[])[] {
  if (trust.kind === 'public') return [];
  const { host } = panelAddress(panelUrl);
  return [['pinnedpubkey', `sha256//${pinOf(trust.certificatePem, host)}`], ['insecure']];
}

function pinOf(certificatePem: string, host: string): string {
  try {
    return spkiSha256(new X509Certificate(certificatePem));
  } catch (error) {
    const text = `The certificate that is pinned for ${host} cannot be read.`;
    throw new PanelError('panel-certificate-invalid', text, error);
  }
}

function configLine([option = '', value]: readonly string[]): string {
  if (value === undefined) return option;
  if (/\p{Cc}/u.test(value)) throw new TypeError(`The ${option} holds a control character.`);
  return `${option} = "${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function seconds(ms: number): string {
  return (Math.max(1, ms) / 1000).toFixed(3);
}
