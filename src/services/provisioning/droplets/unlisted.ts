import type { Hint } from '../../../core/hint.js';
import { MANAGED_TAG, OPERATION_TAG } from '../../../core/product.js';
import type { DigitalOceanApi, Droplet } from '../../digitalocean/api.js';
import { dropletIdOf, type Registry, type ServerEntry } from '../../registry/registry.js';
import { ProvisioningError } from '../errors.js';
import { isAtWork, type Operation, type Operations } from '../operations.js';

/** More than these are looked for in the list of all droplets: one call for 200 rather than one for each. */
const MAX_SINGLE_LOOKS = 20;

/** DigitalOcean, only looked at: one account, or several. */
export type DropletReader = Pick<DigitalOceanApi, 'listDroplets' | 'getDroplet'>;

/** An account that could not be asked, by the name that it has here. */
export interface UnaskedAccount {
  readonly name: string;
  readonly error: unknown;
}

/** A droplet with the managed tag that is in no list of servers here. */
export interface UnlistedDroplet {
  readonly droplet: Droplet;
  /** Operation that made it, if that one never ended. */
  readonly operationId: string | undefined;
  /** The operation of this home folder that made it, if it is still known. See `ownerOf`. */
  readonly operation: Operation | undefined;
}

export interface UnknownServer {
  readonly server: ServerEntry;
  /** Accounts that it may be in, of those that could not be asked. */
  readonly accounts: readonly UnaskedAccount[];
}

export interface UnlistedReport {
  readonly unlisted: readonly UnlistedDroplet[];
  /** Entries of servers.json whose droplet does not exist in the token's account, or not any more. */
  readonly gone: readonly ServerEntry[];
  /** Droplets of the servers in the list, by the server's id. */
  readonly listed?: ReadonlyMap<string, Droplet>;
  readonly unasked?: readonly UnaskedAccount[];
  /** Servers whose droplet may be in an account that could not be asked. */
  readonly unknown?: readonly UnknownServer[];
}

/**
 * Compares DigitalOcean's managed droplets with servers.json. A droplet that a running operation makes is not unlisted.
 * Changes nothing; costs one list, and one look for each entry that is not in it, or for many a second list.
 */
export async function findUnlistedDroplets(
  api: DropletReader,
  registry: Registry,
  operations: Pick<Operations, 'list'>,
  signal?: AbortSignal,
): Promise<UnlistedReport> {
  const { droplets, gone } = await findManaged(api, registry, operations, signal);
  const listed = droplets.flatMap(({ server, droplet }) =>
    server === undefined ? [] : [[server.id, droplet] as const],
  );
  return { unlisted: unlistedAmong(droplets), gone, listed: new Map(listed) };
}

/** A droplet with the managed tag, and the entry of servers.json that stands for it, if there is one. */
export interface ManagedDroplet extends UnlistedDroplet {
  readonly server: ServerEntry | undefined;
}

export interface ManagedReport extends Pick<UnlistedReport, 'gone'> {
  readonly droplets: readonly ManagedDroplet[];
}

/** Like `findUnlistedDroplets`, with the droplets that are in the list or in work. */
export async function findManaged(
  api: DropletReader,
  registry: Registry,
  operations: Pick<Operations, 'list'>,
  signal?: AbortSignal,
): Promise<ManagedReport> {
  // The account first: what is begun or saved in between is known, so not unlisted.
  const found = await api.listDroplets({ tag: MANAGED_TAG }, signal);
  const [all, servers] = [await operations.list(), await registry.list()];
  const droplets = found.map((droplet) => ({
    ...unlistedOf(droplet, all),
    server: servers.find((server) => standsFor(server, droplet)),
  }));
  const listed = new Set(found.map(({ id }) => String(id)));
  return { droplets, gone: await findGone(api, servers, listed, signal) };
}

/** Those in no list here, and not in work. */
export function unlistedAmong(droplets: readonly ManagedDroplet[]): readonly UnlistedDroplet[] {
  return droplets
    .filter(({ server }) => server === undefined)
    .filter(({ operation }) => operation === undefined || !isAtWork(operation))
    .map(({ droplet, operationId, operation }) => ({ droplet, operationId, operation }));
}

/**
 * The unlisted droplet with this id as it is now; undefined when the droplet does not exist. Rejects when it is listed:
 * `droplet-listed`, `droplet-not-ours`, `operation-unfinished`.
 */
export async function findUnlistedDroplet(
  dropletId: number,
  api: DropletReader,
  registry: Registry,
  operations: Pick<Operations, 'list'>,
  signal?: AbortSignal,
): Promise<UnlistedDroplet | undefined> {
  const droplet = await api.getDroplet(dropletId, signal);
  const [all, servers] = [await operations.list(), await registry.list()];
  const entry = servers.find((server) =>
    standsFor(server, droplet ?? { id: dropletId, publicIpv4: undefined }),
  );
  if (entry !== undefined) throw listed(dropletId, entry);
  if (droplet === undefined) return undefined;
  if (!droplet.tags.includes(MANAGED_TAG)) throw notOurs(droplet);
  const unlisted = unlistedOf(droplet, all);
  const owner = ownerOf(unlisted);
  if (owner !== undefined) throw unfinished(owner);
  return unlisted;
}

/** By its id; an entry that was added by hand knows no id, and stands for the droplet at its address. */
export function standsFor(
  { providerId, ip }: ServerEntry,
  droplet: Pick<Droplet, 'id' | 'publicIpv4'>,
): boolean {
  if (providerId !== undefined) return providerId === String(droplet.id);
  return ip !== '' && ip === droplet.publicIpv4;
}

/** The operation that still answers for the droplet: whatever is to happen to it happens there. */
export function ownerOf({ operation }: Pick<UnlistedDroplet, 'operation'>): Operation | undefined {
  return operation === undefined || isOver(operation) ? undefined : operation;
}

/** True when an operation owns no resources any more; a remaining droplet is unlisted. */
export function isOver({ status }: Operation): boolean {
  return status === 'succeeded' || status === 'failed';
}

export function unfinished({ id, status }: Operation): ProvisioningError {
  const watch: Hint = { command: 'operations.attach', id };
  const hints: Readonly<Partial<Record<Operation['status'], Hint>>> = {
    interrupted: [
      { command: 'operations.resume', id },
      { lead: 'Or remove what it created', command: 'operations.cleanup', id },
    ],
    'failed-with-leftovers': { command: 'operations.cleanup', id },
    running: [watch, { lead: 'Or cancel it', command: 'operations.cancel', id }],
  };
  return new ProvisioningError({
    code: 'operation-unfinished',
    message: `The droplet belongs to operation ${id}, which is not finished.`,
    hint: hints[status] ?? watch,
  });
}

function unlistedOf(droplet: Droplet, operations: readonly Operation[]): UnlistedDroplet {
  const tag = droplet.tags.find((each) => each.startsWith(OPERATION_TAG));
  const operationId = tag?.slice(OPERATION_TAG.length);
  const operation = operations.find(({ id }) => id === operationId);
  return { droplet, operationId, operation };
}

/** A droplet may only have lost the tag. Entries without a droplet id are not DigitalOcean's. */
async function findGone(
  api: DropletReader,
  servers: readonly ServerEntry[],
  listed: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ServerEntry[]> {
  const unlisted = servers.filter((server) => {
    const id = dropletIdOf(server);
    return id !== undefined && !listed.has(String(id));
  });
  if (unlisted.length > MAX_SINGLE_LOOKS) {
    const all = new Set((await api.listDroplets(undefined, signal)).map(({ id }) => id));
    return unlisted.filter((server) => !all.has(dropletIdOf(server)!));
  }
  const gone: ServerEntry[] = [];
  for (const server of unlisted) {
    if ((await api.getDroplet(dropletIdOf(server)!, signal)) === undefined) gone.push(server);
  }
  return gone;
}

function listed(dropletId: number, server: ServerEntry): ProvisioningError {
  const isCloud = dropletIdOf(server) !== undefined;
  return new ProvisioningError({
    code: 'droplet-listed',
    message: `Droplet ${dropletId} is already in the list, as ${server.label}.`,
    hint: isCloud
      ? { command: 'servers.destroy', id: server.id }
      : 'It was added by hand: in the list it can only be removed.',
  });
}

function notOurs({ id, name }: Droplet): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-not-ours',
    message: `Droplet ${id} (${name}) does not have the tag ${MANAGED_TAG}, so it is not touched.`,
    hint: 'If it is yours to delete, delete it in the DigitalOcean console.',
  });
}
