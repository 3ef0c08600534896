import { openAddServer } from '../../app/actions/add-server.js';
import {
  activeBefore,
  adopt,
  destroyOrRemove,
  destroyUnlisted,
  endRows,
  remove,
  restore,
  setActive,
  showCertificate,
  undoSetActive,
  whyNotDestroyUnlisted,
} from '../../app/actions/change-servers.js';
import { openOverlay, openServer } from '../../app/actions/navigation.js';
import { copyPanelUrl, openPanel, showAccess } from '../../app/actions/panel.js';
import { choosePower, edit } from '../../app/actions/manage-server.js';
import { attachOperation, dismiss } from '../../app/actions/provisioning.js';
import { openSetUp } from '../../app/actions/set-up.js';
import { openShell } from '../../app/actions/ssh.js';
import { updatePanel } from '../../app/actions/upkeep.js';
import { refreshByKey } from '../../app/actions/servers.js';
import { openWizard } from '../../app/actions/wizard.js';
import { panelAddress } from '../../core/domain.js';
import { findRow, isCloudServer, isUnderWay, type ServerRow } from '../../app/server-rows.js';
import type { Health } from '../../services/health/health.js';
import type { Operation } from '../../services/provisioning/operations.js';
import { upkeepDoing } from '../../words/upkeep.js';
import type { Call, Command, KeyScope } from '../shell/command.js';
import { nameOf } from './columns.js';

export interface ServersControls {
  /** Directs further typing into the filter. */
  filter(): void;
  /** Marks every row that is shown; unmarks them when all are marked. */
  markShown(): void;
}

/** The servers list. */
export const SERVERS: readonly Command<ServersControls>[] = [
  {
    id: 'servers.create',
    synonyms: ['provision', 'install', 'add'],
    keys: ['n'],
    context: 'servers',
    label: 'new',
    description: 'Create a new server',
    priority: 10,
    run: ({ work }) => openWizard(work),
  },
  {
    id: 'servers.add',
    synonyms: ['import', 'existing', 'manual'],
    keys: ['a'],
    context: 'servers',
    label: 'add',
    description: 'Add an existing server',
    priority: 15,
    run: ({ work }) => openAddServer(work),
  },
  {
    id: 'servers.restore',
    keys: ['R'],
    context: 'servers',
    label: 'restore backup',
    description: 'Restore servers.json from the newest backup',
    priority: 5,
    hidden: ({ state }) => state.servers.error?.code !== 'registry-unreadable',
    run: ({ work }) => restore(work),
  },
  {
    id: 'servers.open',
    keys: ['enter'],
    context: 'servers',
    label: openLabel,
    description: 'Open a server or a provisioning; adopt an unlisted droplet',
    priority: 20,
    hidden: isEmpty,
    disabled: whyNotOpen,
    run: openRow,
  },
  {
    id: 'servers.activate',
    keys: ['s'],
    context: 'servers',
    label: 'set active',
    description: 'Make this the active server',
    priority: 35,
    onPage: true,
    hidden: (scope) => rowOf(scope)?.kind !== 'server',
    disabled: whyNotActivate,
    run: ofSelected(setActive),
  },
  {
    id: 'servers.undo-activate',
    keys: ['u'],
    context: 'servers',
    label: 'undo',
    description: 'Undo: make the server active that was so before',
    priority: 34,
    onPage: true,
    hidden: ({ state }) => activeBefore(state) === undefined,
    run: ({ work }) => undoSetActive(work),
  },
  {
    id: 'servers.panel',
    keys: ['p'],
    context: 'servers',
    label: 'panel',
    description: 'Open the admin panel',
    priority: 30,
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPanel,
    run: ofSelected(openPanel),
  },
  {
    id: 'servers.certificate',
    keys: ['c'],
    context: 'servers',
    label: 'certificate',
    description: 'Show and confirm the panel’s certificate; renew the admin’s',
    priority: (scope) => (waitsForTrust(scope) ? 25 : undefined),
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPanel,
    run: ofSelected(showCertificate),
  },
  {
    id: 'servers.set-up',
    keys: ['o'],
    context: 'servers',
    label: 'set up',
    description: 'Set up the panel’s domain: DNS, certificates, login',
    priority: (scope) => (whyNoSetUp(scope) === undefined ? 59 : undefined),
    hidden: isEmpty,
    disabled: whyNoSetUp,
    onPage: true,
    run: ofSelected(openSetUp),
  },
  {
    id: 'servers.update',
    keys: ['U'],
    context: 'servers',
    label: 'update',
    description: 'Update the panel to the newest version',
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoUpdate,
    run: ofSelected(updatePanel),
  },
  {
    id: 'servers.power',
    synonyms: ['reboot', 'shut down', 'turn off', 'turn on', 'resize', 'power cycle'],
    keys: ['P'],
    context: 'servers',
    label: 'power',
    description: 'Power on or off, reboot or resize it',
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPower,
    run: ofSelected(choosePower),
  },
  {
    id: 'servers.ssh',
    synonyms: ['shell', 'terminal', 'root'],
    keys: ['i'],
    context: 'servers',
    label: 'ssh',
    description: 'Open a shell on the server with ssh',
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPanel,
    run: ofSelected(openShell),
  },
  {
    id: 'servers.access',
    keys: ['I'],
    context: 'servers',
    label: 'import',
    description: 'Show how to import its certificate',
    priority: (scope) => (waitsForImport(scope) ? 25 : undefined),
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPanel,
    run: ofSelected(showAccess),
  },
  {
    id: 'servers.copy-url',
    synonyms: ['clipboard', 'address'],
    keys: ['y'],
    context: 'servers',
    label: 'copy url',
    description: 'Copy the panel’s address',
    priority: 58,
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoPanel,
    run: ofSelected(copyPanelUrl),
  },
  {
    id: 'servers.destroy',
    synonyms: ['delete', 'remove', 'forget', 'dismiss'],
    keys: ['d'],
    context: 'servers',
    label: destroyLabel,
    description: 'Destroy a cloud server or an unlisted droplet; remove any other server',
    priority: 50,
    onPage: true,
    hidden: isEmpty,
    disabled: whyNotDestroy,
    run: destroyRow,
  },
  {
    id: 'servers.remove',
    synonyms: ['forget', 'keep droplet'],
    keys: ['x'],
    context: 'servers',
    label: 'remove',
    description: 'Remove it from the list only; it keeps running',
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoEntry,
    run: ofSelected(remove),
  },
  {
    id: 'servers.edit',
    synonyms: ['rename', 'label', 'note', 'change address'],
    keys: ['e'],
    context: 'servers',
    label: 'edit',
    description: 'Change its label, address or note',
    onPage: true,
    hidden: isEmpty,
    disabled: whyNoEntry,
    run: ofSelected(edit),
  },
  {
    id: 'servers.adopt',
    keys: ['A'],
    context: 'servers',
    label: 'adopt',
    description: 'Add an unlisted droplet to the list',
    hidden: ({ state }) => state.droplets.unlisted.length === 0,
    disabled: whyNotAdopt,
    run: ofSelected(adopt),
  },
  {
    id: 'servers.refresh',
    synonyms: ['reload', 'update list', 'check'],
    keys: ['r'],
    context: 'servers',
    label: 'refresh',
    description: 'Refresh the list, panels and unlisted droplets',
    priority: 60,
    onPage: true,
    hidden: isEmpty,
    run: ({ work }) => refreshByKey(work),
  },
  {
    id: 'servers.filter',
    synonyms: ['search', 'find'],
    keys: ['/'],
    context: 'servers',
    label: 'filter',
    description: 'Filter the list',
    priority: 70,
    hidden: isEmpty,
    run: ({ screen }) => screen.filter(),
  },
  {
    id: 'servers.mark',
    keys: ['space'],
    context: 'servers',
    label: 'mark',
    description: 'Mark a row for d, or take its mark',
    hidden: isEmpty,
  },
  {
    id: 'servers.mark-shown',
    synonyms: ['select all', 'bulk'],
    keys: ['*'],
    context: 'servers',
    label: 'mark all',
    description: 'Mark all rows that are shown, or none',
    hidden: isEmpty,
    run: ({ screen }) => screen.markShown(),
  },
  {
    id: 'servers.sort',
    synonyms: ['order'],
    keys: ['S'],
    context: 'servers',
    label: 'sort',
    description: 'Sort the list; kept for the next start',
    priority: 65,
    hidden: isEmpty,
    run: ({ work }) => openOverlay(work, 'sort'),
  },
  {
    id: 'servers.sandbox',
    keys: ['t'],
    context: 'servers',
    label: 'try the sandbox',
    description: 'Try the sandbox: an embedded DigitalOcean, nothing to sign up for',
    hidden: (scope) => !isEmpty(scope) || scope.state.environment.sandbox,
    run: ({ work }) => work.store.dispatch({ type: 'exit', reason: 'try-sandbox' }),
  },
];

function rowOf({ state, selected }: KeyScope): ServerRow | undefined {
  return findRow(state, selected);
}

function isEmpty({ state }: KeyScope): boolean {
  const { servers, operations, droplets } = state;
  return [servers.list, operations.list, droplets.unlisted].every((list) => list.length === 0);
}

function ofSelected(
  action: (work: Call['work'], id: string) => void | Promise<void>,
): Command['run'] {
  return ({ work, selected }) => (selected === undefined ? undefined : action(work, selected));
}

/** Label of Enter for the selected row. */
function openLabel(scope: KeyScope): string {
  const names = { server: 'open', operation: 'show', unlisted: 'adopt' } as const;
  return names[rowOf(scope)?.kind ?? 'server'];
}

function openRow(call: Call): void | Promise<void> {
  const row = rowOf(call);
  if (row === undefined) return;
  if (row.kind === 'server') return openServer(call.work, row.id);
  if (row.kind === 'unlisted') return adopt(call.work, row.id);
  attachOperation(call.work, row.id);
}

/** Why Enter does nothing with the selected row; undefined when it does something. So with the others. */
function whyNotOpen(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  return row.kind === 'unlisted' ? whyNotAdopt(scope) : undefined;
}

function whyNotActivate(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  const isActive = row?.kind === 'server' && row.server.active;
  return isActive ? `${row.server.label} is already the active server.` : undefined;
}

/** Reason why the row has no panel to open, copy or look at. */
function whyNoPanel(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row === undefined) return 'No server is selected.';
  if (row.kind === 'unlisted') return 'Unlisted droplet: adopt it first.';
  return row.kind === 'operation' ? 'The panel is not ready yet.' : undefined;
}

/** Why no domain can be set up; a set-up that is under way, or was not read yet, can be opened again. */
function whyNoSetUp(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  const { id, domain, panelUrl, label } = row.server;
  const { setUps, operations } = scope.state;
  if (setUps[id] !== undefined || operations.list.some((each) => isSetUpOf(each, id)))
    return undefined;
  if (domain !== undefined && panelUrl === panelAddress(domain))
    return `${label} is set up: ${panelUrl}`;
  return (
    whyNotImported(scope) ??
    (waitsForTrust(scope) ? 'Confirm its certificate first: press c.' : undefined)
  );
}

function isSetUpOf({ request }: Operation, serverId: string): boolean {
  return request.kind === 'onboard' && request.serverId === serverId;
}

/** Why the panel takes no update. */
function whyNoUpdate(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  if (row.server.domain === undefined) return 'Its panel takes updates after its set-up: press o.';
  return whyNotImported(scope) ?? whyBusy(scope);
}

/** Why the row has no entry in the list that could be changed. */
function whyNoEntry(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind === 'server') return whyBusy(scope);
  if (row?.kind === 'operation') return 'It is not in the list yet.';
  return whyNoPanel(scope);
}

/** Why there is no droplet whose power could be changed. */
function whyNoPower(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return whyNoPanel(scope);
  if (!isCloudServer(row.server))
    return `${row.server.label} was added by hand: its droplet is not known here.`;
  return row.missing === 'gone' ? 'Its droplet no longer exists: press d.' : whyBusy(scope);
}

/** Why the panel cannot be asked as its admin. */
function whyNotImported(scope: KeyScope): string | undefined {
  return waitsForImport(scope)
    ? 'Its admin certificate is not on this machine: press I to see how to import it.'
    : undefined;
}

/** True if the panel's own certificate has to be looked at: never confirmed, or changed. */
function waitsForTrust(scope: KeyScope): boolean {
  const health = healthOf(scope);
  if (health?.state === 'certificate-needed') return health.lacks === 'confirmation';
  return health?.state === 'certificate-changed';
}

/** The client certificate, or its password, has to be brought to this machine. */
function waitsForImport(scope: KeyScope): boolean {
  const health = healthOf(scope);
  if (health?.state !== 'certificate-needed') return false;
  return health.lacks === 'client-certificate' || health.lacks === 'password';
}

function healthOf(scope: KeyScope): Health | undefined {
  const row = rowOf(scope);
  return row?.kind === 'server' ? row.health?.health : undefined;
}

/** Rows that a command for several acts on: the marked ones, else the selected one. */
function rowsOf({ state, selected, marked = [] }: KeyScope): readonly ServerRow[] {
  const ids = marked.length > 0 ? marked : [selected];
  return ids.map((id) => findRow(state, id)).filter((row) => row !== undefined);
}

/** Label of the destroy key for the marked rows, or the selected one. */
function destroyLabel(scope: KeyScope): string {
  const [row, ...others] = rowsOf(scope);
  if (others.length > 0) return `destroy ${others.length + 1}`;
  if (row?.kind === 'operation' && row.operation.request.kind !== undefined) return 'dismiss';
  if (row?.kind !== 'server') return 'destroy';
  return row.missing === 'gone' || !isCloudServer(row.server) ? 'remove' : 'destroy';
}

function destroyRow(call: Call): void | Promise<void> {
  const [row, ...others] = rowsOf(call);
  if (row === undefined) return;
  if (others.length > 0) return endRows(call.work, [row, ...others]);
  if (row.kind === 'operation') return dismiss(call.work, row.id);
  if (row.kind === 'unlisted') return destroyUnlisted(call.work, row.id);
  return destroyOrRemove(call.work, row.id);
}

/** Why the rows can neither be destroyed nor removed. */
function whyNotDestroy(scope: KeyScope): string | undefined {
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
      : 'Still creating: press Enter, then x to cancel it.';
  if (status === 'out-of-sight')
    return 'It may still run in another container or machine: cancel it there.';
  return status === 'failed'
    ? 'No resources remain: press Enter to retry or dismiss it.'
    : 'Press Enter to open it, then clean it up.';
}

/** Why the row cannot be taken into the list. */
function whyNotAdopt(scope: KeyScope): string | undefined {
  const row = rowOf(scope);
  if (row?.kind !== 'unlisted') return 'Only an unlisted droplet can be adopted.';
  if (row.unlisted.droplet.publicIpv4 === undefined)
    return 'No public address yet: press r in a minute.';
  return whyBusy(scope);
}

function whyBusy({ state, selected }: KeyScope): string | undefined {
  const work = state.running.find(({ subject }) => subject !== undefined && subject === selected);
  return work === undefined ? undefined : `Wait a moment: ${work.title}.`;
}
