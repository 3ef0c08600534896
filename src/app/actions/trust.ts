import { type PanelCertificate, trustCertificate } from '../../usecases/trust-certificate.js';
import { dayOf, fingerprintLines } from '../../words/certificates.js';
import { findServer } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Looks at the certificate that the panel shows now; one to be confirmed is asked about. */
export async function showCertificate(context: ActionContext, id: string): Promise<void> {
  const server = findServer(context.store.state, id);
  if (server === undefined) return;
  const options = {
    look: `Looking at the certificate of ${server.label}`,
    title: `Trusting the certificate of ${server.label}`,
    failure: `The certificate of ${server.label} was not confirmed`,
    subject: id,
    once: `trust ${id}`,
  };
  await runUseCase(
    context,
    options,
    (work) => trustCertificate(id, work),
    (result) => tell(context, result),
  );
}

/** Reports a certificate that needs no confirmation. */
function tell(
  { messages }: ActionContext,
  { server, verdict, certificate, hostKey }: PanelCertificate,
): void {
  if (verdict !== 'same' && verdict !== 'public') return;
  messages.dialog({
    kind: 'message',
    title: `Certificate of the panel of ${server.label}`,
    style: 'ok',
    lines: [
      verdict === 'same'
        ? 'It is the one that was confirmed.'
        : 'A public authority vouches for it: nothing is to be confirmed.',
      '',
      'SHA-256',
      ...fingerprintLines(certificate.sha256),
      '',
      `It expires on ${dayOf(certificate.notAfter)}.`,
      ...(hostKey === undefined
        ? []
        : ['', 'Host key of the droplet, for SSH', { strong: hostKey }]),
    ],
  });
}
