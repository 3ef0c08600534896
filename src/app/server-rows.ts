import type { Operation } from '../services/provisioning/operations.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { AppState } from './state.js';

/** A row of the servers list: a server, or a provisioning that is not over for the person. */
export type ServerRow =
  | { readonly kind: 'server'; readonly id: string; readonly server: ServerEntry }
  | { readonly kind: 'operation'; readonly id: string; readonly operation: Operation };

/** What was made of the last lists: health changes by the second, the lists do not. */
const made = new WeakMap<
  AppState['servers']['list'],
  { readonly operations: readonly Operation[]; readonly rows: readonly ServerRow[] }
>();

/** Servers in the file's order, then provisionings, newest first. */
export function serverRows({ servers, operations }: AppState): readonly ServerRow[] {
  const last = made.get(servers.list);
  if (last?.operations === operations.list) return last.rows;
  const rows = [
    ...servers.list.map((server): ServerRow => ({ kind: 'server', id: server.id, server })),
    ...operations.list
      .filter((operation) => !hasNothingToSay(operation))
      .map((operation): ServerRow => ({ kind: 'operation', id: operation.id, operation })),
  ];
  made.set(servers.list, { operations: operations.list, rows });
  return rows;
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
