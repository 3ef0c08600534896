import type { Droplet } from '../services/digitalocean/api.js';
import {
  findManaged,
  type ManagedDroplet,
  ownerOf,
  type UnlistedReport,
  unlistedAmong,
} from '../services/provisioning/droplets/unlisted.js';
import { findAllForgotten, type Forgotten } from './forgotten.js';
import { AccountsReader, judgeMissing } from './compare-accounts.js';
import { openAccounts } from './open-accounts.js';
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

/** Longest wait for one of several accounts, ms: the list is all that was asked for. */
const PATIENCE_MS = 30_000;

/** All droplets of the accounts with the managed tag, and what was forgotten beside them. Changes nothing. */
export async function listDroplets(work: KeyWork): Promise<DropletList> {
  const { registry, operations, signal } = work;
  const accounts = await openAccounts(work);
  const reader = new AccountsReader(accounts, [], PATIENCE_MS);
  const { droplets, gone: missing } = await findManaged(reader, registry, operations, signal);
  const judged = await judgeMissing(missing, reader, work, signal);
  const managed = new Set(droplets.map(({ droplet }) => droplet.id));
  const forgotten = await findAllForgotten(reader.asked, managed, signal);
  const unlisted = unlistedAmong(droplets);
  return { droplets: droplets.map(listed), unlisted, forgotten, ...judged };
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
