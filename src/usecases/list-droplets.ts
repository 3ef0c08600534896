import type { Droplet } from '../services/digitalocean/api.js';
import {
  findManaged,
  type ManagedDroplet,
  ownerOf,
  type UnlistedReport,
  unlistedAmong,
} from '../services/provisioning/droplets/unlisted.js';
import { type Forgotten, findForgotten } from './forgotten.js';
import { openApi } from './token.js';
import type { KeyWork } from './work.js';

/** A managed droplet of the account, and what it belongs to. */
export interface ListedDroplet {
  readonly droplet: Droplet;
  /** Label of its server in the list. */
  readonly server: string | undefined;
  /** Id of the provisioning that still answers for it. */
  readonly operation: string | undefined;
  /** In no list here: nothing but its owner knows whether it is needed. */
  readonly unlisted: boolean;
}

export interface DropletList extends UnlistedReport {
  readonly droplets: readonly ListedDroplet[];
  readonly forgotten: Forgotten;
}

/** All droplets of the account with the managed tag, and what was forgotten beside them. Changes nothing. */
export async function listDroplets(work: KeyWork): Promise<DropletList> {
  const { registry, operations, signal } = work;
  const api = await openApi(work);
  const { droplets, gone } = await findManaged(api, registry, operations, signal);
  const managed = new Set(droplets.map(({ droplet }) => droplet.id));
  const forgotten = await findForgotten(api, managed, signal);
  return { droplets: droplets.map(listed), unlisted: unlistedAmong(droplets), gone, forgotten };
}

function listed(managed: ManagedDroplet): ListedDroplet {
  const { droplet, server } = managed;
  const operation = server === undefined ? ownerOf(managed) : undefined;
  return {
    droplet,
    server: server?.label,
    operation: operation?.id,
    unlisted: server === undefined && operation === undefined,
  };
}
