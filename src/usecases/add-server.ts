import { InputError } from '../core/errors.js';
import { parsePanelUrl } from '../services/panel/panel-url.js';
import { knownPanel } from '../services/registry/new-entry.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { addQuestion } from '../words/certificates.js';
import { addedLines } from '../words/servers.js';
import { requireFreeLabel } from './labels.js';
import type { Work } from './work.js';

export interface AddServerForm {
  /** As typed; https only. */
  readonly url: string;
  /** Blank: one is suggested from the address. */
  readonly label: string;
}

/**
 * Adds an existing server, inactive, after a look at its panel. A self-signed certificate is confirmed by the person
 * and pinned. Throws InputError for an address, a label or a panel that is refused; then nothing was written.
 */
export async function addServer(form: AddServerForm, work: Work): Promise<ServerEntry> {
  const label = form.label.trim();
  if (label !== '') await requireFreeLabel(work, label);
  await requireUnknownPanel(form.url, work);
  const labels = (await work.registry.list()).map((server) => server.label);
  const inspection = await work.panels.inspect(form.url, { labels, signal: work.signal });
  const needsTrust = inspection.trust === 'confirm';
  if (needsTrust || !inspection.isPortlama) await work.face.confirm(addQuestion(inspection));
  const confirmedSha256 = needsTrust ? inspection.certificate.sha256 : undefined;
  const server = await work.panels.add(inspection, { label, confirmedSha256 });
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'server-added', serverId: server.id });
  for (const line of addedLines(server)) work.face.say(line, 'ok');
  return server;
}

/** Asked before anything is sent to the panel. */
async function requireUnknownPanel(urlText: string, { registry }: Work): Promise<void> {
  const { url } = parsePanelUrl(urlText);
  const known = knownPanel(url, await registry.list());
  if (known === undefined) return;
  throw new InputError({
    code: 'server-known',
    message: `This panel is in the list already, as ${known.label}.`,
    hint: 'Choose that server in the list instead.',
  });
}
