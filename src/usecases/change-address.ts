import { InputError } from '../core/errors.js';
import { domainOfHost } from '../core/domain.js';
import { verdictOn } from '../services/panel/inspect.js';
import { parsePanelUrl } from '../services/panel/panel-url.js';
import { dropletIdOf, knownPanel, type ServerEntry } from '../services/registry/registry.js';
import { addQuestion, changedQuestion, trustQuestion } from '../words/certificates.js';
import { requireServer, requireStillListed } from './servers.js';
import type { KeyWork } from './work.js';

/**
 * Leads a server of the list to another address of its panel, after a look there. A certificate that is not the pinned
 * one is confirmed as for a new server, and pinned. Throws for an address or a panel that is refused; nothing is changed.
 */
export async function changeAddress(
  wanted: string,
  urlText: string,
  work: KeyWork,
): Promise<ServerEntry> {
  const { panels, registry, face, signal } = work;
  const server = await requireServer(work, wanted);
  const { url, host } = parsePanelUrl(urlText);
  const known = knownPanel(url, await registry.list());
  if (known !== undefined) throw taken(url, known, server);
  const [shown, trusted] = await Promise.all([
    panels.inspect(urlText, { labels: [], signal }),
    panels.pinned({ ...server, domain: domainOfHost(host) ?? server.domain, panelUrl: url }),
  ]);
  signal.throwIfAborted();
  const verdict = verdictOn(shown, trusted);
  if (verdict === 'changed') await face.confirm(changedQuestion(server.label, shown, trusted!));
  else if (verdict === 'unconfirmed') await face.confirm(trustQuestion(server.label, url, shown));
  else if (!shown.isPortlama) await face.confirm(addQuestion(shown));
  await requireStillListed(server, work);
  const domain = domainOfHost(host);
  const changed = await registry.change(server.id, {
    panelUrl: url,
    // A droplet keeps its own: the name may lead to something in front of it.
    ...(dropletIdOf(server) === undefined ? { ip: shown.address } : {}),
    ...(domain === undefined ? {} : { domain }),
  });
  if (verdict === 'changed' || verdict === 'unconfirmed')
    await panels.pin(server.id, shown.trust === 'public' ? undefined : shown.certificate);
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'certificate-changed', serverId: server.id });
  face.say(`Changed the address of the panel of ${server.label} to ${url}.`, 'ok');
  return changed;
}

function taken(url: string, known: ServerEntry, server: ServerEntry): InputError {
  const isOwn = known.id === server.id;
  return new InputError({
    code: 'server-known',
    message: isOwn
      ? `${url} is the address of ${server.label} already.`
      : `${url} is the panel of ${known.label}.`,
    hint: 'Nothing was changed.',
  });
}
