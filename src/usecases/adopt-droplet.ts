import { InputError } from '../core/errors.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import {
  findUnlistedDroplet,
  type UnlistedDroplet,
} from '../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { adoptQuestion } from '../words/droplets.js';
import { openApi } from './token.js';
import type { KeyWork } from './work.js';

/** Adds an unlisted droplet to the list, inactive and without its certificate. Nothing is done to the droplet. */
export async function adoptDroplet(dropletId: number, work: KeyWork): Promise<ServerEntry> {
  const api = await openApi(work);
  const shown = await requireUnlisted(dropletId, api, work);
  await work.face.confirm(adoptQuestion(shown.droplet, work.clock.now()));
  // Another program may have adopted or destroyed it during the question.
  const server = await work.adoptUnlisted(await requireUnlisted(dropletId, api, work));
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'server-added', serverId: server.id });
  return server;
}

/** Throws `droplet-absent` when the droplet does not exist; `findUnlistedDroplet` names the other refusals. */
async function requireUnlisted(
  dropletId: number,
  api: DigitalOceanApi,
  { registry, operations, signal, news }: KeyWork,
): Promise<UnlistedDroplet> {
  const unlisted = await findUnlistedDroplet(dropletId, api, registry, operations, signal);
  if (unlisted !== undefined) return unlisted;
  news({ kind: 'droplet-gone', dropletId });
  throw new InputError({
    code: 'droplet-absent',
    message: `There is no droplet ${dropletId} in this account.`,
    hint: { command: 'droplets' },
  });
}
