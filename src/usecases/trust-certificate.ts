import type { CertificateFacts } from '../services/panel/panel-tls.js';
import { type Verdict, verdictOn } from '../services/panel/inspect.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { changedQuestion, trustQuestion } from '../words/certificates.js';
import { requireServer, requireStillListed } from './servers.js';
import type { KeyWork } from './work.js';

export interface PanelCertificate {
  readonly server: ServerEntry;
  readonly verdict: Verdict;
  /** The certificate that the panel shows now. */
  readonly certificate: CertificateFacts;
  /** `SHA256:…` of the droplet's SSH host key; undefined when none is kept here. */
  readonly hostKey: string | undefined;
}

/**
 * Looks at the certificate that the panel shows now. One that was never confirmed, or that replaces the pinned one, is
 * confirmed by the person and pinned.
 */
export async function trustCertificate(wanted: string, work: KeyWork): Promise<PanelCertificate> {
  const { panels, face, signal } = work;
  const server = await requireServer(work, wanted);
  const [shown, trusted, hostKey] = await Promise.all([
    panels.inspect(server.panelUrl, { labels: [], signal }),
    panels.pinned(server),
    panels.sshHostKey(server.id),
  ]);
  const verdict = verdictOn(shown, trusted);
  const result = { server, verdict, certificate: shown.certificate, hostKey };
  if (verdict === 'same' || verdict === 'public') return result;
  await face.confirm(
    trusted === undefined
      ? trustQuestion(server.label, server.panelUrl, shown)
      : changedQuestion(server.label, shown, trusted),
  );
  await requireStillListed(server, work);
  await panels.pin(server.id, shown.trust === 'public' ? undefined : shown.certificate);
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(`Trusted the certificate of ${server.label}.`, 'ok');
  return result;
}
