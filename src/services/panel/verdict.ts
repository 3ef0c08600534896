import type { PanelInspection } from './inspect.js';
import type { CertificateFacts } from './pin.js';

/**
 * Comparison of a panel's certificate with the trusted one: `same`; `changed`; and without a
 * trusted one `public`, when the system's authorities vouch for it, or `unconfirmed`.
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
