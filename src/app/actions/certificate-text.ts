import type { PanelInspection } from '../../services/panel/inspect.js';
import type { DialogLine } from '../dialogs.js';

/** A fingerprint of 32 bytes is wider than a dialog: two lines of 16. */
export function fingerprintLines(sha256: string): readonly DialogLine[] {
  const bytes = sha256.split(':');
  const half = Math.ceil(bytes.length / 2);
  return [
    { strong: `  ${bytes.slice(0, half).join(':')}:` },
    { strong: `  ${bytes.slice(half).join(':')}` },
  ];
}

/**
 * To be typed before a certificate is trusted. Such a question comes after a look at the panel, while the person may
 * be typing elsewhere: no letter, Tab or Enter that was meant for another place may be the answer.
 */
export const TRUST_WORD = 'trust';

/** Where the panel's certificate is, on the server (contract: on the droplet). */
export const HOW_TO_COMPARE: readonly DialogLine[] = [
  'Compare it with what the server itself says:',
  { strong: '  openssl x509 -noout -fingerprint -sha256 \\' },
  { strong: '    -in /etc/portlama/pki/self-signed.pem' },
];

/** What answers may be no panel; nothing when it is one. `where`: `there`, or `at` its address. */
export function doubtLines(
  { isPortlama, httpStatus }: Pick<PanelInspection, 'isPortlama' | 'httpStatus'>,
  where: string,
): readonly string[] {
  if (isPortlama) return [];
  return [`What answers ${where} does not look like a Portlama panel (HTTP ${httpStatus}).`];
}
