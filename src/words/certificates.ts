import { RESET_COMMAND, SERVER_PATH } from '../core/product.js';
import { shellWord } from '../core/shell-word.js';
import type { PanelInspection } from '../services/panel/inspect.js';
import type { CertificateFacts } from '../services/panel/panel-tls.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Confirmation, Line, ShellLine } from './question.js';

/** A fingerprint of 32 bytes is wider than a dialog: two lines of 16. */
export function fingerprintLines(sha256: string): readonly { readonly strong: string }[] {
  const bytes = sha256.split(':');
  const half = Math.ceil(bytes.length / 2);
  return [
    { strong: `  ${bytes.slice(0, half).join(':')}:` },
    { strong: `  ${bytes.slice(half).join(':')}` },
  ];
}

/**
 * Text to type before a certificate is trusted. The question comes after a look at the panel, while the person may be
 * typing elsewhere: no letter, Tab or Enter for another place may answer it.
 */
export const TRUST_WORD = 'trust';

/** Instructions to read the panel's certificate on the server (contract: on the droplet). */
export const HOW_TO_COMPARE: readonly (string | ShellLine)[] = [
  'Compare it with the fingerprint on the server:',
  { shellLine: `openssl x509 -noout -fingerprint -sha256 -in ${SERVER_PATH.panelCertificate}` },
];

/** Warns that the answer may not come from a panel; empty for a panel. `where`: `there`, or `at` its address. */
export function doubtLines(
  inspection: Pick<PanelInspection, 'isPortlama' | 'wantsCertificate' | 'httpStatus'>,
  where: string,
): readonly string[] {
  const { isPortlama, wantsCertificate, httpStatus } = inspection;
  if (isPortlama) return [];
  if (wantsCertificate)
    return [
      `The web server ${where} requires an admin certificate, like a panel, but the panel behind it does not answer (HTTP ${httpStatus}).`,
    ];
  return [`The server ${where} does not look like a Portlama panel (HTTP ${httpStatus}).`];
}

/** Accepts a fingerprint as openssl prints it after its name, `AB:CD:…`, or without colons. */
export function isFingerprint(text: string, sha256: string): boolean {
  const digits = (of: string): string =>
    of.replace(/^.*=/, '').replaceAll(/[:\s]/g, '').toLowerCase();
  return digits(text) === digits(sha256);
}

/** Question about a typed address: the answer found there, and how to recognise it. */
export function addQuestion(inspection: PanelInspection): Confirmation {
  const { certificate, url, trust, isPortlama } = inspection;
  const needsTrust = trust === 'confirm';
  return {
    title: needsTrust ? 'Is this your panel?' : 'Add it anyway?',
    lines: [
      ...(isPortlama ? [] : [...doubtLines(inspection, `at ${url}`), '']),
      ...(needsTrust
        ? unknownCertificateLines(url, certificate.sha256)
        : ['The certificate at this address is valid.']),
    ],
    yes: needsTrust ? 'Matches: add' : 'Add',
    danger: !isPortlama,
    ...(needsTrust ? { typed: TRUST_WORD } : {}),
    effect: 'add it',
    advance: fingerprintInAdvance(certificate.sha256),
  };
}

/** Question about a listed server whose panel was never confirmed. */
export function trustQuestion(
  label: string,
  panelUrl: string,
  shown: PanelInspection,
): Confirmation {
  return {
    title: `Trust the certificate of ${label}?`,
    lines: [
      ...withSpace(doubtLines(shown, 'there')),
      ...unknownCertificateLines(panelUrl, shown.certificate.sha256),
    ],
    yes: 'Matches: trust',
    danger: !shown.isPortlama,
    typed: TRUST_WORD,
    effect: 'trust it',
    advance: fingerprintInAdvance(shown.certificate.sha256),
  };
}

/** Question about a panel that shows another certificate than the pinned one. */
export function changedQuestion(
  label: string,
  shown: PanelInspection,
  trusted: CertificateFacts,
): Confirmation {
  const isPublic = shown.trust === 'public';
  return {
    title: `The certificate of ${label} changed`,
    lines: [
      'Trusted until now (SHA-256)',
      { fingerprint: trusted.sha256 },
      isPublic ? 'Presented now, issued by a public authority' : 'Presented now',
      { fingerprint: shown.certificate.sha256 },
      '',
      ...withSpace(doubtLines(shown, 'there')),
      isPublic
        ? 'Expected after the panel got its own domain.'
        : 'Expected after Portlama was reinstalled, or if the address now belongs to another droplet.',
      'Otherwise the connection may be intercepted: keep the old one. Nothing was sent.',
      '',
      ...HOW_TO_COMPARE,
    ],
    yes: 'Accept the new one',
    no: 'Keep the old one',
    danger: true,
    typed: 'accept',
    effect: 'accept the new one',
    advance: fingerprintInAdvance(shown.certificate.sha256),
  };
}

function unknownCertificateLines(url: string, sha256: string): readonly Line[] {
  return [
    `This panel uses a self-signed certificate. SHA-256 fingerprint of ${url}:`,
    { fingerprint: sha256 },
    '',
    ...HOW_TO_COMPARE,
    '',
    'Once confirmed, any other certificate is reported as changed.',
  ];
}

function fingerprintInAdvance(sha256: string): Confirmation['advance'] {
  return {
    value: sha256,
    accepts: (text) => isFingerprint(text, sha256),
    refusal: 'The panel’s certificate is not confirmed. Nothing was changed.',
  };
}

function withSpace(lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

/** `2028-11-25`, UTC. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

export function renewQuestion(
  { label }: ServerEntry,
  before: { readonly notAfter: number } | undefined,
): Confirmation {
  const until = before === undefined ? '' : ` until ${dayOf(before.notAfter)}`;
  return {
    title: `Renew the admin certificate of ${label}?`,
    lines: [
      `The panel issues a new certificate, which replaces the one on this machine. The old one stays valid${until}: renewing does not revoke it.`,
      `If someone else may have the key, recover the certificate instead: this runs ${RESET_COMMAND} on the server and revokes the old one.`,
    ],
    yes: 'Renew',
    danger: false,
    effect: 'renew it',
  };
}

export function replaceCertificateQuestion(server: ServerEntry, wanted: string): Confirmation {
  return {
    title: `Replace the certificate of ${server.label}?`,
    lines: [`${server.label} already has an admin certificate here, possibly the only copy.`],
    yes: 'Replace',
    danger: true,
    effect: 'replace it',
    advance: {
      value: shellWord(wanted),
      accepts: (text) => text === wanted || text === server.label,
      refusal: `${server.label} already has an admin certificate on this machine. Nothing was changed.`,
    },
  };
}
