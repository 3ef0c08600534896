import { isUnderWay, type Operation } from '../services/provisioning/operations.js';
import type { UnlistedDroplet } from '../services/provisioning/droplets/unlisted.js';
import type { Bucket } from '../services/health/history/history.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { isCloudServer } from '../words/servers.js';
import type { AppState, ServerHealth } from './state.js';

export { isUnderWay };

/** A row of the servers list: a server, an operation that is not dismissed, or an unlisted droplet. */
export type ServerRow =
  | {
      readonly kind: 'server';
      readonly id: string;
      readonly server: ServerEntry;
      readonly health: ServerHealth | undefined;
      /** Looks of the last 24 hours; undefined until the history was read, or a look was taken. */
      readonly strip: readonly Bucket[] | undefined;
      readonly missing: MissingDroplet | undefined;
      /** End of its admin certificate, epoch ms; undefined until it was opened. */
      readonly certificateEndsAt: number | undefined;
      /** First end of a public certificate of its panel, epoch ms; undefined until the panel told. */
      readonly publicEndsAt: number | undefined;
      /** Something is being done with it right now. */
      readonly busy: boolean;
    }
  | { readonly kind: 'operation'; readonly id: string; readonly operation: Operation }
  | {
      readonly kind: 'unlisted';
      readonly id: string;
      readonly unlisted: UnlistedDroplet;
      readonly busy: boolean;
    };

/** Fault of a server's droplet: gone, or in another account than the token's. */
type MissingDroplet = 'gone' | 'elsewhere';

/** Cache of rows with their inputs: health changes by the second, most rows do not. */
const known = new WeakMap<object, { readonly of: readonly unknown[]; readonly value: unknown }>();

const NO_FACTS: readonly unknown[] = [];

function remembered<T>(key: object, of: readonly unknown[], make: () => T): T {
  const last = known.get(key);
  if (last !== undefined && of.every((part, index) => part === last.of[index]))
    return last.value as T;
  const value = make();
  known.set(key, { of, value });
  return value;
}

const NO_ROWS: readonly ServerRow[] = [];

/** Servers in the file's order, provisionings, newest first, unlisted droplets; an unchanged row is the same object. */
export function serverRows(state: AppState): readonly ServerRow[] {
  const { servers, operations, droplets, health, strips, running } = state;
  const { certificates, publicEnds } = state;
  const facts = [operations.list, droplets, health, strips, running, certificates, publicEnds];
  // A provisioning that is read first must not take the cursor from the first server.
  if (!servers.loaded) return NO_ROWS;
  const busy = new Set(running.map(({ subject }) => subject));
  return remembered(servers.list, facts, () => [
    ...servers.list.map((server) => serverRow(server, state, busy)),
    ...operations.list
      .filter((operation) => !hasNothingToSay(operation))
      .map((operation) =>
        remembered(
          operation,
          [],
          () => ({ kind: 'operation', id: operation.id, operation }) as const,
        ),
      ),
    ...droplets.unlisted.map((found) => unlistedRow(found, state)),
  ]);
}

type RowOfServer = Extract<ServerRow, { kind: 'server' }>;

const made = new WeakMap<ServerEntry, RowOfServer>();

/** Looks at a thousand for each frame: makes nothing but a row that is other than the last one. */
function serverRow(
  server: ServerEntry,
  state: AppState,
  subjects: ReadonlySet<string | undefined>,
): ServerRow {
  const { id } = server;
  const last = made.get(server);
  const health = state.health.get(id);
  const strip = state.strips.get(id);
  const missing = missingDroplet(state, id);
  const certificateEndsAt = certificateEndOf(id, state);
  const publicEndsAt = state.publicEnds.get(id);
  const busy = subjects.has(id);
  if (
    last !== undefined &&
    last.health === health &&
    last.strip === strip &&
    last.missing === missing &&
    last.certificateEndsAt === certificateEndsAt &&
    last.publicEndsAt === publicEndsAt &&
    last.busy === busy
  )
    return last;
  const facts = { health, strip, missing, certificateEndsAt, publicEndsAt, busy };
  const row: RowOfServer = { kind: 'server', id, server, ...facts };
  made.set(server, row);
  return row;
}

/** End of a server's admin certificate, epoch ms: the look at the panel is newer than what was read under the cursor. */
export function certificateEndOf(
  id: string,
  { health, certificates }: AppState,
): number | undefined {
  const read = certificates[id];
  const atCursor = read?.state === 'known' ? read.notAfter : undefined;
  return health.get(id)?.health.certificateEndsAt ?? atCursor;
}

function unlistedRow(unlisted: UnlistedDroplet, state: AppState): ServerRow {
  const id = unlistedRowId(unlisted.droplet.id);
  const busy = isBusy(id, state);
  return remembered(unlisted, [busy], () => ({ kind: 'unlisted', id, unlisted, busy }));
}

function isBusy(id: string, { running }: AppState): boolean {
  return running.some(({ subject }) => subject === id);
}

/** A success of which nothing is left but the server itself. */
export function hasNothingToSay({ status, leftovers, request }: Operation): boolean {
  // The login of a set-up is shown when its row is opened.
  if (request.kind === 'onboard') return false;
  return status === 'succeeded' && leftovers.length === 0;
}

export function findRow(state: AppState, id: string | undefined): ServerRow | undefined {
  if (id === undefined) return undefined;
  const rows = serverRows(state);
  // Each command of the footer asks for the row under the cursor. The first one counts where several have an id.
  return remembered(
    rows,
    NO_FACTS,
    () => new Map(rows.toReversed().map((row) => [row.id, row])),
  ).get(id);
}

export function findServer(state: AppState, id: string | undefined): ServerEntry | undefined {
  return state.servers.list.find((server) => server.id === id);
}

/** Label of a server, also of one that is no longer in the list. */
export function labelOf(state: AppState, id: string): string {
  return findServer(state, id)?.label ?? 'the server';
}

/** Operations that set up the domain of a server. */
export function setUpsOf({ operations }: AppState, serverId: string): readonly Operation[] {
  return operations.list.filter(
    ({ request }) => request.kind === 'onboard' && request.serverId === serverId,
  );
}

export function findOperation(state: AppState, id: string | undefined): Operation | undefined {
  return state.operations.list.find((operation) => operation.id === id);
}

/** Unlike the ids of servers and provisionings. */
export function unlistedRowId(dropletId: number): string {
  return `droplet ${dropletId}`;
}

export function findUnlistedRow(
  state: AppState,
  rowId: string | undefined,
): UnlistedDroplet | undefined {
  return state.droplets.unlisted.find(({ droplet }) => unlistedRowId(droplet.id) === rowId);
}

/**
 * Fault of a server's droplet: `gone`, or `elsewhere` if the token's account lacks it while its panel still answers, so
 * that it must be in another account.
 */
export function missingDroplet(
  { droplets, health }: AppState,
  serverId: string,
): MissingDroplet | undefined {
  if (!droplets.gone.includes(serverId)) return undefined;
  return health.get(serverId)?.health.state === 'online' ? 'elsewhere' : 'gone';
}

/** Urgency of a row: `down` is broken, `attention` waits for a decision. */
export type Concern = 'down' | 'attention' | 'working' | 'checking' | 'well';

export function concern(row: ServerRow): Concern {
  if (row.kind === 'unlisted') return 'attention';
  if (row.kind === 'operation') return isUnderWay(row.operation) ? 'working' : 'attention';
  if (row.missing === 'gone') return 'down';
  switch (row.health?.health.state) {
    case 'online':
      return 'well';
    case 'offline':
    case 'certificate-changed':
      return 'down';
    case 'certificate-needed':
      return 'attention';
    case 'checking':
    case undefined:
      return 'checking';
  }
}

/**
 * USD a month that a row costs; 0 for a server that was added by hand, or whose droplet is gone, and undefined while the
 * price is not known.
 */
export function monthlyUsdOf(row: ServerRow, { droplets }: AppState): number | undefined {
  if (row.kind === 'unlisted') return row.unlisted.droplet.priceMonthlyUsd;
  if (row.kind === 'operation')
    return row.operation.leftovers.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0);
  if (!isCloudServer(row.server) || row.missing === 'gone') return 0;
  return droplets.listed.get(row.id)?.priceMonthlyUsd;
}

/** The number of the step that is under way or failed, from 1; and how many there are. */
export function stepCount(operation: Operation): { readonly at: number; readonly total: number } {
  const total = operation.steps.length;
  const done = operation.steps.filter(({ status }) => status === 'done').length;
  return { at: Math.min(done + 1, total), total };
}

/** Row of the lists of tunnels, users and agents: its kind and its name. */
export function rowOfTeam(row: string | undefined): {
  readonly kind: string;
  readonly name: string;
} {
  const [kind = '', name = ''] = (row ?? '').split(' ');
  return { kind, name };
}
