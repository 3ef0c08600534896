import { InputError } from '../core/errors.js';
import type { AddServerChoice } from '../services/panel/add-server.js';
import type { PanelInspection } from '../services/panel/inspect.js';
import { parsePanelUrl } from '../services/panel/panel-url.js';
import { knownPanel, type ServerEntry } from '../services/registry/registry.js';
import { addQuestion } from '../words/certificates.js';
import { addedLines, addInterruptedText } from '../words/servers.js';
import { requireFreeLabel } from './labels.js';
import type { KeyWork } from './work.js';

export interface AddServerForm {
  /** HTTPS only, as typed. */
  readonly url: string;
  /** Blank: one is suggested from the address. Read again after the look: it may be typed meanwhile. */
  readonly label: string;
}

/**
 * Adds an existing server, inactive, after a look at its panel. A self-signed certificate is confirmed by the person
 * and pinned. Throws InputError for an address, a label or a panel that is refused; then nothing was written.
 */
export async function addServer(form: AddServerForm, work: KeyWork): Promise<ServerEntry> {
  await requireLabelOf(form, work);
  await requireUnknownPanel(form.url, work);
  const labels = (await work.registry.list()).map((server) => server.label);
  const inspection = await work.panels.inspect(form.url, { labels, signal: work.signal });
  work.signal.throwIfAborted();
  const needsTrust = inspection.trust === 'confirm';
  if (needsTrust || !inspection.isPortlama) await work.face.confirm(addQuestion(inspection));
  const confirmedSha256 = needsTrust ? inspection.certificate.sha256 : undefined;
  // Answering takes a while, and the label may be another one.
  const label = await requireLabelOf(form, work);
  const server = await addHeld(inspection, { label, confirmedSha256 }, work);
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'server-added', serverId: server.id });
  const [added, ...advice] = addedLines(server);
  work.face.say(added, 'ok');
  for (const line of advice) work.face.say(line, 'advice');
  return server;
}

/** Blank stays blank. */
async function requireLabelOf(form: AddServerForm, work: KeyWork): Promise<string> {
  const label = form.label.trim();
  return label === '' ? label : await requireFreeLabel(work, label);
}

async function addHeld(
  inspection: PanelInspection,
  choice: AddServerChoice,
  { panels, face }: KeyWork,
): Promise<ServerEntry> {
  const held = face.hold(addInterruptedText(inspection.url));
  try {
    return await panels.add(inspection, choice);
  } finally {
    held.dispose();
  }
}

/** Refuses a listed panel, before anything is sent to it. */
async function requireUnknownPanel(urlText: string, { registry }: KeyWork): Promise<void> {
  const { url } = parsePanelUrl(urlText);
  const known = knownPanel(url, await registry.list());
  if (known === undefined) return;
  throw new InputError({
    code: 'server-known',
    message: `This panel is already in the list, as ${known.label}.`,
    hint: 'Choose that server in the list instead.',
  });
}
