import { InputError } from '../core/errors.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import {
  findUnlistedDroplet,
  type UnlistedDroplet,
} from '../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { suggestedLabel } from '../services/provisioning/droplets/end-unlisted.js';
import { adoptQuestion } from '../words/droplets.js';
import { askFreeLabel, requireFreeLabel } from './labels.js';
import { openAccounts, openDroplet, rememberedOf } from './open-accounts.js';
import type { KeyWork, Work } from './work.js';

export interface AdoptChoice {
  readonly label?: string | undefined;
  readonly asksLabel?: boolean;
}

/**
 * Adds an unlisted droplet to the list, inactive and without its certificate, with its domain where the account's DNS
 * tells that. Nothing is done to the droplet. `label`: made of the droplet's name when left out, and then
 * offered for a change with `asksLabel`.
 */
export async function adoptDroplet(
  dropletId: number,
  work: Work,
  { label: wanted, asksLabel = false }: AdoptChoice = {},
): Promise<ServerEntry> {
  let label = wanted === undefined ? undefined : await requireFreeLabel(work, wanted);
  const { api } = await openDroplet(dropletId, work);
  const { droplet } = await requireUnlisted(dropletId, api, work);
  const { publicIpv4 } = droplet;
  const { inferDomain } = await import('./infer-domain.js');
  const domain =
    publicIpv4 === undefined
      ? undefined
      : await inferDomain(publicIpv4, await openAccounts(work), work);
  await work.face.confirm(adoptQuestion(droplet, work.clock.now(), domain));
  if (asksLabel && label === undefined) {
    const initial = suggestedLabel(droplet, await work.registry.list());
    label = await askFreeLabel({ title: `Label of ${droplet.name}`, initial }, work);
  }
  // Another program may have adopted or destroyed it during the question.
  const unlisted = await requireUnlisted(dropletId, api, work);
  const server = await work.adoptUnlisted(unlisted, { label, domain });
  // Otherwise the next comparison notes it.
  await noteAccount(server, api, work).catch(() => undefined);
  work.news({ kind: 'servers-changed' });
  work.news({ kind: 'server-added', serverId: server.id });
  return server;
}

async function noteAccount(
  { id }: ServerEntry,
  api: DigitalOceanApi,
  work: KeyWork,
): Promise<void> {
  const account = rememberedOf(await api.getAccount(work.signal));
  await work.changeServerMeta(id, { account });
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
