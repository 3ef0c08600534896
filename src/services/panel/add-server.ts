import { randomUUID } from 'node:crypto';
import { domainOfHost } from '../../core/domain.js';
import { InputError } from '../../core/errors.js';
import { requireLabel } from '../../core/label.js';
import { SERVER_PATH } from '../../core/product.js';
import type { Clock } from '../../core/time.js';
import { removeServerFiles, writeServerFile } from '../registry/server-files.js';
import { type Registry, requireNew, type ServerEntry } from '../registry/registry.js';
import type { PanelInspection } from './inspect.js';

export interface AddServerPorts {
  readonly registry: Registry;
  /** Home folder; the pinned certificate is kept below `servers/<id>`. */
  readonly home: string;
  readonly clock: Clock;
}

export interface AddServerChoice {
  /** Blank means the suggested one. */
  readonly label: string;
  /** The SHA-256 of the certificate that the person was shown and confirmed; undefined when none was. */
  readonly confirmedSha256: string | undefined;
}

/**
 * Adds a panel that was looked at to the list of servers, inactive and without a provider. A certificate that had to
 * be confirmed is pinned. InputError for a label that is not valid, a panel that is in the list already, or a
 * certificate that was not confirmed: then nothing was written.
 */
export async function addManualServer(
  { registry, home, clock }: AddServerPorts,
  inspection: PanelInspection,
  choice: AddServerChoice,
): Promise<ServerEntry> {
  const label = requireLabel(choice.label.trim() || inspection.suggestedLabel);
  if (inspection.trust === 'confirm') requireConfirmed(inspection, choice.confirmedSha256);
  const domain = domainOfHost(inspection.host);
  const entry: ServerEntry = {
    id: randomUUID(),
    label,
    panelUrl: inspection.url,
    ip: inspection.address,
    ...(domain === undefined ? {} : { domain }),
    createdAt: new Date(clock.now()).toISOString(),
    active: false,
    authMethod: 'p12',
  };
  // Asked again when it is saved; here so that nothing is written for one that is known.
  requireNew(await registry.list(), entry);
  // The pin first: a server in the list must never be without it.
  if (inspection.trust === 'confirm')
    await writeServerFile(home, entry.id, 'panel.pem', inspection.certificate.pem);
  try {
    await registry.add(entry);
  } catch (error) {
    await removeServerFiles(home, entry.id).catch(() => undefined);
    throw error;
  }
  return entry;
}

function requireConfirmed({ certificate, host }: PanelInspection, sha256: string | undefined) {
  if (sha256 === certificate.sha256) return;
  throw new InputError({
    code: 'certificate-not-confirmed',
    message: `The certificate of ${host} was not confirmed.`,
    hint: `Compare it on the server, then confirm it: openssl x509 -noout -fingerprint -sha256 -in ${SERVER_PATH.panelCertificate}`,
  });
}
