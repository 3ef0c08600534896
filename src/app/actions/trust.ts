import type { PanelInspection } from '../../services/panel/inspect.js';
import type { CertificateFacts } from '../../services/panel/pin.js';
import { verdictOn } from '../../services/panel/verdict.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { DialogLine } from '../dialogs.js';
import { findServer } from '../server-rows.js';
import {
  doubtLines,
  fingerprintLines,
  HOW_TO_COMPARE,
  TRUST_WORD,
} from '../../words/certificates.js';
import type { ActionContext } from './context.js';

/** To be typed before a certificate takes the place of the one that was trusted. */
const ACCEPT_WORD = 'accept';

/** Looks at the certificate that the panel shows now, and says or asks what follows from it. */
export function showCertificate(context: ActionContext, id: string): Promise<void> {
  const { store, ports, run, signal } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return Promise.resolve();
  const title = `Looking at the certificate of ${server.label}`;
  const failure = `The certificate of ${server.label} could not be seen`;
  return run({ title, failure, subject: id }, async () => {
    const [shown, trusted, hostKey] = await Promise.all([
      ports.panels.inspect(server.panelUrl, { labels: [], signal }),
      ports.panels.pinned(id),
      ports.panels.sshHostKey(id),
    ]);
    const verdict = verdictOn(shown, trusted);
    if (verdict === 'same')
      tell(context, server, shown, ['It is the one that was confirmed.', hostKey]);
    else if (verdict === 'public') {
      const nothingToDo = 'A public authority vouches for it: nothing is to be confirmed.';
      tell(context, server, shown, [nothingToDo, hostKey]);
    } else if (trusted === undefined) ask(context, server, shown);
    else raiseAlarm(context, server, shown, trusted);
  });
}

/** Nothing is trusted yet. */
function ask(context: ActionContext, server: ServerEntry, shown: PanelInspection): void {
  context.messages.dialog({
    kind: 'question',
    title: `Trust the certificate of ${server.label}?`,
    lines: [
      ...doubt(shown),
      `Nobody vouches for the certificate of ${server.panelUrl}. Its SHA-256 fingerprint is:`,
      ...fingerprintLines(shown.certificate.sha256),
      '',
      ...HOW_TO_COMPARE,
      '',
      'Once confirmed it is trusted, and any other one is an alarm.',
    ],
    yes: 'It is the same: trust it',
    no: 'No',
    danger: !shown.isPortlama,
    typed: TRUST_WORD,
    subject: server.id,
    onYes: () => trustCertificate(context, server.id, shown.certificate),
  });
}

function tell(
  { messages }: ActionContext,
  { label }: ServerEntry,
  { certificate }: PanelInspection,
  [verdict, hostKey]: readonly [verdict: string, hostKey: string | undefined],
): void {
  messages.dialog({
    kind: 'message',
    title: `Certificate of the panel of ${label}`,
    style: 'ok',
    lines: [
      verdict,
      '',
      'SHA-256',
      ...fingerprintLines(certificate.sha256),
      '',
      `It expires on ${new Date(certificate.notAfter).toISOString().slice(0, 10)}.`,
      ...(hostKey === undefined
        ? []
        : ['', 'Host key of the droplet, for SSH', { strong: hostKey }]),
    ],
  });
}

/** Accepted only on purpose: "no" has the focus, and a word must be typed. */
function raiseAlarm(
  context: ActionContext,
  server: ServerEntry,
  shown: PanelInspection,
  trusted: CertificateFacts,
): void {
  const isPublic = shown.trust === 'public';
  context.messages.dialog({
    kind: 'question',
    title: `The certificate of ${server.label} changed`,
    lines: [
      'Trusted until now (SHA-256)',
      ...fingerprintLines(trusted.sha256),
      isPublic ? 'Shown now, and valid for a public authority' : 'Shown now',
      ...fingerprintLines(shown.certificate.sha256),
      '',
      ...doubt(shown),
      ...explanations(isPublic),
      'If you did none of that, somebody may be in between: keep the old one. Nothing was sent to it.',
      '',
      ...HOW_TO_COMPARE,
    ],
    yes: 'Accept the new one',
    no: 'Keep the old one',
    danger: true,
    typed: ACCEPT_WORD,
    subject: server.id,
    onYes: () => trustCertificate(context, server.id, isPublic ? undefined : shown.certificate),
  });
}

function explanations(isPublic: boolean): readonly DialogLine[] {
  return [
    isPublic
      ? 'It changes when the panel was given a domain of its own.'
      : 'It changes when Portlama was installed again, or when the address belongs to another droplet now.',
  ];
}

function doubt(shown: PanelInspection): readonly DialogLine[] {
  const lines = doubtLines(shown, 'there');
  return lines.length === 0 ? [] : [...lines, ''];
}

/** From now on the panel is known by this certificate. */
function trustCertificate(
  { store, ports, run, messages }: ActionContext,
  serverId: string,
  certificate: CertificateFacts | undefined,
): Promise<void> {
  const server = findServer(store.state, serverId);
  if (server === undefined) return Promise.resolve();
  const options = {
    title: `Trusting the certificate of ${server.label}`,
    failure: 'It could not be kept',
  };
  return run({ ...options, subject: serverId }, async () => {
    await ports.panels.pin(serverId, certificate);
    ports.health.refresh(serverId);
    messages.toast('ok', `The certificate of ${server.label} is trusted from now on.`);
  });
}
