import { keyOf } from '../../words/keys.js';
import { whyNotDestroyUnlisted } from '../../app/actions/change-servers.js';
import { findRow, isUnderWay, type ServerRow, setUpsOf } from '../../app/server-rows.js';
import { isCloudServer, noKeychain } from '../../words/servers.js';
import { panelAddress } from '../../core/domain.js';
import type { Health } from '../../services/health/health.js';
import { upkeepDoing } from '../../words/upkeep.js';
import type { KeyScope } from '../shell/command.js';
import { nameOf } from './columns.js';

/** The selected row. */
export function rowOf({ state, selected }: KeyScope): ServerRow | undefined {
  return findRow(state, selected);
}

export function isEmpty({ state }: KeyScope): boolean {
  const { servers, operations, droplets } = state;
  return [servers.list, operations.list, droplets.unlisted].every((list) => list.length === 0);
}

/** Why Enter does nothing with the selected row; undefined when it does something. So with the others. */
export function whyNotOpen(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  return row.kind === 'unlisted' ? whyNotAdopt(scope) : undefined;
}

export function whyNotActivate(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  const isActive = row?.kind === 'server' && row.server.active;
  return isActive ? `${row.server.label} is already the active server.` : undefined;
}

/** Reason why the row has no panel to open, copy or look at. */
export function whyNoPanel(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  if (row.kind === 'unlisted') return 'Unlisted droplet: adopt it first.';
  return row.kind === 'operation' ? 'The panel is not ready yet.' : undefined;
}

/** True for a server whose panel has its domain: its set-up shows the login only. */
export function isSetUp(scope: KeyScope): boolean {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return false;
  const { domain, panelUrl } = row.server;
  return domain !== undefined && panelUrl === panelAddress(domain);
}

/** Why no domain can be set up, and no login shown; a set-up that is under way, or was not read yet, can be opened again. */
export function whyNoSetUp(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  const { id } = row.server;
  const { state } = scope;
  if (state.setUps[id] !== undefined || setUpsOf(state, id).length > 0) return undefined;
  return (
    whyNotImported(scope) ??
    (waitsForTrust(scope)
      ? `Confirm its certificate first: press ${keyOf('servers.certificate')}.`
      : undefined)
  );
}

/** Why the panel takes no update. */
export function whyNoUpdate(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  if (row.server.domain === undefined)
    return `Its panel accepts updates after its set-up: press ${keyOf('servers.set-up')}.`;
  return whyNotImported(scope) ?? whyBusy(scope);
}

/** Why its certificate cannot be bound to this machine; what only the panel or the keychain knows is told when they are asked. */
export function whyNoBinding(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  const { environment } = scope.state;
  if (!environment.hasKeychain) return noKeychain(environment);
  const { authMethod, domain } = row.server;
  if (authMethod === 'keychain')
    return `Its key is in the keychain already; ${keyOf('servers.recover')} makes a new certificate, a file.`;
  if (domain === undefined)
    return `Its panel binds certificates after its set-up: press ${keyOf('servers.set-up')}.`;
  return whyNotImported(scope) ?? whyBusy(scope);
}

/** Why the row has no entry in the list that could be changed. */
export function whyNoEntry(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind === 'server') return whyBusy(scope);
  if (row?.kind === 'operation') return 'It is not in the list yet.';
  return whyNoPanel(scope);
}

/** Why there is no droplet whose power could be changed. */
export function whyNoPower(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  if (!isCloudServer(row.server))
    return `${row.server.label} was added by hand: its droplet is not known here.`;
  return row.missing === 'gone'
    ? `Its droplet no longer exists: press ${keyOf('servers.destroy')}.`
    : whyBusy(scope);
}

/** Why the panel cannot be asked as its admin. */
function whyNotImported(scope: KeyScope): string | undefined {
  return waitsForImport(scope)
    ? `Its admin certificate is not on this machine: press ${keyOf('servers.access')} to see how to import it.`
    : undefined;
}

/** True if the panel's own certificate has to be looked at: never confirmed, or changed. */
export function waitsForTrust(scope: KeyScope): boolean {
  const health = healthOf(scope);
  if (health?.state === 'certificate-needed') return health.lacks === 'confirmation';
  return health?.state === 'certificate-changed';
}

/** The client certificate, or its password, has to be brought to this machine. */
export function waitsForImport(scope: KeyScope): boolean {
  const health = healthOf(scope);
  if (health?.state !== 'certificate-needed') return false;
  return health.lacks === 'client-certificate' || health.lacks === 'password';
}

function healthOf(scope: KeyScope): Health | undefined {
  const row = rowOf(scope);
  return row?.kind === 'server' ? row.health?.health : undefined;
}

/** Ids of the marked rows that are servers. */
export function markedServers({ state, marked = [] }: KeyScope): readonly string[] {
  return marked.filter((id) => state.servers.list.some((server) => server.id === id));
}

export function whyNoExport(scope: KeyScope): string | undefined {
  const { marked = [], state } = scope;
  if (state.servers.list.length === 0) return 'There are no servers to export.';
  const isNone = marked.length > 0 && markedServers(scope).length === 0;
  return isNone ? 'No marked row is a server.' : undefined;
}

/** Rows that a command for several acts on: the marked ones, else the selected one. */
export function rowsOf({ state, selected, marked = [] }: KeyScope): readonly ServerRow[] {
  const ids = marked.length > 0 ? marked : [selected];
  return ids.map((id) => findRow(state, id)).filter((row) => row !== undefined);
}

/** Why the rows can neither be destroyed nor removed. */
export function whyNotDestroy(scope: KeyScope): string | undefined {
  const rows = rowsOf(scope);
  if (rows.length === 0) return 'No server is selected.';
  const reasons = rows.map((row) => whyNotEnd(row, rows.length > 1, scope));
  const refused = reasons.findIndex((reason) => reason !== undefined);
  if (refused < 0 || rows.length === 1) return reasons[0];
  return `${nameOf(rows[refused]!)} is marked: ${reasons[refused]}`;
}

function whyNotEnd(row: ServerRow, isOneOfMany: boolean, scope: KeyScope): string | undefined {
  const busy = whyBusy({ ...scope, selected: row.id });
  if (row.kind === 'unlisted') return whyNotDestroyUnlisted(row.unlisted) ?? busy;
  if (row.kind === 'server') return isOneOfMany ? busy : undefined;
  const { status, request } = row.operation;
  if (request.kind !== undefined)
    return isUnderWay(row.operation)
      ? `${upkeepDoing(request)} continues: press Enter to see it.`
      : undefined;
  if (isOneOfMany && status === 'failed') return undefined;
  if (isUnderWay(row.operation))
    return status === 'cleaning-up'
      ? 'Cleaning up: press Enter to see the progress.'
      : `Still creating: press Enter, then ${keyOf('provisioning.cancel')} to cancel it.`;
  if (status === 'out-of-sight')
    return 'It may still run in another container or machine: cancel it there.';
  return status === 'failed'
    ? 'No resources remain: press Enter to retry or dismiss it.'
    : 'Press Enter to open it, then clean it up.';
}

/** Why the row cannot be taken into the list. */
export function whyNotAdopt(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'unlisted') return 'Only an unlisted droplet can be adopted.';
  if (row.unlisted.droplet.publicIpv4 === undefined)
    return `No public address yet: press ${keyOf('servers.refresh')} in a minute.`;
  return whyBusy(scope);
}

function whyBusy({ state, selected }: KeyScope): string | undefined {
  const work = state.running.find(({ subject }) => subject !== undefined && subject === selected);
  return work === undefined ? undefined : `Wait a moment: ${work.title}.`;
}
