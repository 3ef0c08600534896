import type { Operation } from '../services/provisioning/operations.js';
import type { Stray } from '../services/provisioning/strays.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { AppState } from './state.js';

/** A row of the servers list: a server, a provisioning that is not over for the person, or a stray droplet. */
export type ServerRow =
  | { readonly kind: 'server'; readonly id: string; readonly server: ServerEntry }
  | { readonly kind: 'operation'; readonly id: string; readonly operation: Operation }
  | { readonly kind: 'stray'; readonly id: string; readonly stray: Stray };

/** Servers in the file's order, then provisionings, newest first, then strays. */
export function serverRows(state: AppState): readonly ServerRow[] {
  const servers = state.servers.list.map((server): ServerRow => ({
    kind: 'server',
    id: server.id,
    server,
  }));
  const operations = state.operations.list
    .filter((operation) => !hasNothingToSay(operation))
    .map((operation): ServerRow => ({ kind: 'operation', id: operation.id, operation }));
  const strays = state.droplets.strays.map((stray): ServerRow => ({
    kind: 'stray',
    id: strayRowId(stray.droplet.id),
    stray,
  }));
  return [...servers, ...operations, ...strays];
}

/** A success of which nothing is left but the server itself. */
export function hasNothingToSay({ status, leftovers }: Operation): boolean {
  return status === 'succeeded' && leftovers.length === 0;
}

export function findRow(state: AppState, id: string | undefined): ServerRow | undefined {
  return id === undefined ? undefined : serverRows(state).find((row) => row.id === id);
}

export function findServer(state: AppState, id: string | undefined): ServerEntry | undefined {
  return state.servers.list.find((server) => server.id === id);
}

export function findOperation(state: AppState, id: string | undefined): Operation | undefined {
  return state.operations.list.find((operation) => operation.id === id);
}

/** Unlike the ids of servers and provisionings. */
export function strayRowId(dropletId: number): string {
  return `droplet ${dropletId}`;
}

export function findStrayRow(state: AppState, rowId: string | undefined): Stray | undefined {
  return state.droplets.strays.find(({ droplet }) => strayRowId(droplet.id) === rowId);
}

/**
 * What is known against a server's droplet: `gone`; or `elsewhere`, when the token's account does not have it and its
 * panel answers all the same, so that it must be in another account.
 */
export function missingDroplet(
  { droplets, health }: AppState,
  serverId: string,
): 'gone' | 'elsewhere' | undefined {
  if (!droplets.gone.includes(serverId)) return undefined;
  return health[serverId]?.health.state === 'online' ? 'elsewhere' : 'gone';
}

/** It has a droplet that this program can destroy; else it was added by hand. */
export function isCloudServer(server: ServerEntry): boolean {
  return server.provider === 'digitalocean' && server.providerId !== undefined;
}

/** Work goes on in a process of its own. */
export function isUnderWay(operation: Operation): boolean {
  return operation.status === 'running' || operation.status === 'cleaning-up';
}

/** The number of the step that is under way or failed, from 1; and how many there are. */
export function stepCount(operation: Operation): { readonly at: number; readonly total: number } {
  const total = operation.steps.length;
  const done = operation.steps.filter(({ status }) => status === 'done').length;
  return { at: Math.min(done + 1, total), total };
}
