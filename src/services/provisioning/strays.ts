import type { DigitalOceanApi, Droplet } from '../digitalocean/api.js';
import { MANAGED_TAG } from '../digitalocean/api.js';
import type { Registry, ServerEntry } from '../registry/registry.js';
import type { Operation } from './operations.js';
import { OPERATION_TAG } from './step.js';

/** A droplet with the managed tag that is in no list of servers here. */
export interface Stray {
  readonly droplet: Droplet;
  /** Of the operation that made it, when that one was never ended. */
  readonly operationId: string | undefined;
  /** An operation of this home folder that can still be resumed or cleaned up: that is the better way. */
  readonly operation: Operation | undefined;
}

export interface StrayReport {
  readonly strays: readonly Stray[];
  /** Entries of servers.json whose droplet does not exist any more. */
  readonly gone: readonly ServerEntry[];
}

/**
 * Compares DigitalOcean's managed droplets with servers.json. What an operation is making at this moment is no
 * stray. Changes nothing.
 */
export async function findStrays(
  api: DigitalOceanApi,
  registry: Registry,
  operations: readonly Operation[] = [],
  signal?: AbortSignal,
): Promise<StrayReport> {
  // The account first: what is saved in between is in the list, and no stray.
  const droplets = await api.listDroplets({ tag: MANAGED_TAG }, signal);
  const servers = await registry.list();
  const known = new Set(servers.map(({ providerId }) => providerId));
  const strays = droplets
    .filter(({ id }) => !known.has(String(id)))
    .map((droplet) => strayOf(droplet, operations))
    .filter(({ operation }) => !isAtWork(operation));
  const listed = new Set(droplets.map(({ id }) => String(id)));
  return { strays, gone: await findGone(api, servers, listed, signal) };
}

function strayOf(droplet: Droplet, operations: readonly Operation[]): Stray {
  const tag = droplet.tags.find((each) => each.startsWith(OPERATION_TAG));
  const operationId = tag?.slice(OPERATION_TAG.length);
  const operation = operations.find(({ id }) => id === operationId);
  return { droplet, operationId, operation };
}

function isAtWork(operation: Operation | undefined): boolean {
  return operation?.status === 'running' || operation?.status === 'cleaning-up';
}

/** One by one: a droplet may only have lost the tag. Entries without a droplet id are not DigitalOcean's. */
async function findGone(
  api: DigitalOceanApi,
  servers: readonly ServerEntry[],
  listed: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ServerEntry[]> {
  const gone: ServerEntry[] = [];
  for (const server of servers) {
    const id = Number(server.providerId);
    if (server.provider !== 'digitalocean' || !Number.isSafeInteger(id) || id <= 0) continue;
    if (listed.has(String(id))) continue;
    if ((await api.getDroplet(id, signal)) === undefined) gone.push(server);
  }
  return gone;
}
