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
} from '../../app/actions/change-servers.js';
import { openOverlay, openServer } from '../../app/actions/navigation.js';
import { copyPanelUrl, openPanel, showAccess } from '../../app/actions/panel.js';
import { choosePower, edit } from '../../app/actions/manage-server.js';
import { exportToFile, importFromFile } from '../../app/actions/move-servers.js';
import { attachOperation, dismiss } from '../../app/actions/provisioning.js';
import { openSetUp } from '../../app/actions/set-up.js';
import { openShell } from '../../app/actions/ssh.js';
import { bindAdmin, recoverAdmin, updatePanel } from '../../app/actions/upkeep.js';
import { refreshByKey } from '../../app/actions/servers.js';
import { openWizard } from '../../app/actions/wizard.js';
import { isCloudServer } from '../../words/servers.js';
import type { Call, Command, KeyScope } from '../shell/command.js';
import {
  isEmpty,
  rowOf,
  isSetUp,
  rowsOf,
  waitsForImport,
  waitsForTrust,
  markedServers,
  whyNoBinding,
  whyNoEntry,
  whyNoExport,
  whyNoPanel,
  whyNoPower,
  whyNoSetUp,
  whyNoUpdate,
  whyNotActivate,
  whyNotAdopt,
  whyNotDestroy,
  whyNotOpen,
} from './servers.reasons.js';

export interface ServersControls {
  /** Directs further typing into the filter. */
  filter(): void;
  /** Marks every row that is shown; unmarks them when all are marked. */
  markShown(): void;
}

/** In the list, unless that is empty, and on the page of a server. */
const OF_A_ROW = { onPage: true, hidden: isEmpty } as const;

const OF_THE_LIST: readonly Omit<Command<ServersControls>, 'context'>[] = [
  {
    id: 'servers.create',
    synonyms: ['provision', 'install', 'add'],
    keys: ['n'],
    label: 'new',
    description: 'Create a new server',
    priority: 10,
    run: ({ work }) => openWizard(work),
  },
  {
    id: 'servers.add',
    synonyms: ['existing', 'manual'],
    keys: ['a'],
    label: 'add',
    description: 'Add an existing server',
    priority: 15,
    run: ({ work }) => openAddServer(work),
  },
  {
    id: 'servers.restore',
    keys: ['R'],
    label: 'restore backup',
    description: 'Restore servers.json from the newest backup',
    priority: 5,
    hidden: ({ state }) => state.servers.error?.code !== 'registry-unreadable',
    run: ({ work }) => restore(work),
  },
  {
    id: 'servers.open',
    keys: ['enter'],
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
    label: 'set active',
    description: 'Make this the active server',
    priority: 35,
    onPage: true,
    hidden: (scope) => rowOf(scope)?.kind !== 'server',
    disabled: whyNotActivate,
    run: ofSelected((work, id) => setActive(work, id)),
  },
  {
    id: 'servers.undo-activate',
    keys: ['u'],
    label: 'undo',
    description: 'Undo: make the previous server active again',
    priority: 34,
    onPage: true,
    hidden: ({ state }) => activeBefore(state) === undefined,
    run: ({ work }) => undoSetActive(work),
  },
  {
    id: 'servers.panel',
    keys: ['p'],
    label: 'panel',
    description: 'Open the admin panel',
    priority: 30,
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected((work, id) => openPanel(work, id)),
  },
  {
    id: 'servers.certificate',
    keys: ['c'],
    label: 'certificate',
    description: 'Show or confirm the panel’s certificate; renew the admin’s',
    priority: (scope) => (waitsForTrust(scope) ? 25 : undefined),
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected((work, id) => showCertificate(work, id)),
  },
  {
    id: 'servers.set-up',
    keys: ['o'],
    label: 'set up',
    description: 'Set up the panel’s domain: DNS, certificates, login',
    priority: (scope) => (whyNoSetUp(scope) === undefined && !isSetUp(scope) ? 59 : undefined),
    ...OF_A_ROW,
    disabled: whyNoSetUp,
    run: ofSelected((work, id) => openSetUp(work, id)),
  },
  {
    id: 'servers.update',
    keys: ['U'],
    label: 'update',
    description: 'Update the panel to the newest version',
    ...OF_A_ROW,
    disabled: whyNoUpdate,
    run: ofSelected((work, id) => updatePanel(work, id)),
  },
  {
    id: 'servers.recover',
    synonyms: ['lost', 'reset admin', 'new certificate'],
    keys: ['C'],
    label: 'recover',
    description: 'Recover a lost admin certificate, over SSH',
    ...OF_A_ROW,
    disabled: whyNoEntry,
    run: ofSelected((work, id) => recoverAdmin(work, id)),
  },
  {
    id: 'servers.bind',
    synonyms: ['hardware', 'keychain', 'harden', 'mac'],
    keys: ['B'],
    label: 'bind',
    description: 'Bind the admin certificate to this Mac',
    ...OF_A_ROW,
    disabled: whyNoBinding,
    run: ofSelected((work, id) => bindAdmin(work, id)),
  },
  {
    id: 'servers.team',
    synonyms: [
      'tunnels',
      'users',
      'invitations',
      'agents',
      'expose',
      'login',
      'services',
      'restart',
      'logs',
      'lets encrypt',
    ],
    keys: ['w'],
    label: 'tunnels',
    description: 'Tunnels, users, agents, services of a server',
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected(async (work, id) =>
      (await import('../../app/actions/team.js')).openTeam(work, id),
    ),
  },
  {
    id: 'servers.two-factor',
    synonyms: ['2fa', 'totp', 'authenticator', 'login code'],
    keys: ['F'],
    label: 'second factor',
    description: 'Turn the panel’s second factor on or off',
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected(async (work, id) =>
      (await import('../../app/actions/two-factor.js')).switchFactor(work, id),
    ),
  },
  {
    id: 'servers.power',
    synonyms: ['reboot', 'shut down', 'turn off', 'turn on', 'resize', 'power cycle'],
    keys: ['P'],
    label: 'power',
    description: 'Power on or off, reboot or resize it',
    ...OF_A_ROW,
    disabled: whyNoPower,
    run: ofSelected((work, id) => choosePower(work, id)),
  },
  {
    id: 'servers.ssh',
    synonyms: ['shell', 'terminal', 'root'],
    keys: ['i'],
    label: 'ssh',
    description: 'Open a shell on the server with ssh',
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected((work, id) => openShell(work, id)),
  },
  {
    id: 'servers.access',
    keys: ['I'],
    label: 'import',
    description: 'Show how to import its certificate',
    priority: (scope) => (waitsForImport(scope) ? 25 : undefined),
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected((work, id) => showAccess(work, id)),
  },
  {
    id: 'servers.copy-url',
    synonyms: ['clipboard', 'address'],
    keys: ['y'],
    label: 'copy url',
    description: 'Copy the panel’s address',
    priority: 58,
    ...OF_A_ROW,
    disabled: whyNoPanel,
    run: ofSelected((work, id) => copyPanelUrl(work, id)),
  },
  {
    id: 'servers.destroy',
    synonyms: ['delete', 'remove', 'forget', 'dismiss'],
    keys: ['d'],
    label: destroyLabel,
    description: 'Destroy a cloud server or an unlisted droplet; remove any other server',
    priority: (scope) => (rowsOf(scope).length > 1 ? 5 : 50),
    ...OF_A_ROW,
    disabled: whyNotDestroy,
    run: destroyRow,
  },
  {
    id: 'servers.remove',
    synonyms: ['forget', 'keep droplet'],
    keys: ['x'],
    label: 'remove',
    description: 'Remove it from the list only; it keeps running',
    ...OF_A_ROW,
    disabled: whyNoEntry,
    run: ofSelected((work, id) => remove(work, id)),
  },
  {
    id: 'servers.edit',
    synonyms: ['rename', 'label', 'note', 'change address'],
    keys: ['e'],
    label: 'edit',
    description: 'Change its label, address, domain or note',
    ...OF_A_ROW,
    disabled: whyNoEntry,
    run: ofSelected((work, id) => edit(work, id)),
  },
  {
    id: 'servers.adopt',
    keys: ['A'],
    label: 'adopt',
    description: 'Add an unlisted droplet to the list',
    hidden: ({ state }) => state.droplets.unlisted.length === 0,
    disabled: whyNotAdopt,
    run: ofSelected((work, id) => adopt(work, id)),
  },
  {
    id: 'servers.refresh',
    synonyms: ['reload', 'update list', 'check'],
    keys: ['r'],
    label: 'refresh',
    description: 'Refresh the list, panels and unlisted droplets',
    priority: 60,
    ...OF_A_ROW,
    run: ({ work }) => refreshByKey(work),
  },
  {
    id: 'servers.filter',
    synonyms: ['search', 'find'],
    keys: ['/'],
    label: 'filter',
    description: 'Filter the list',
    priority: 70,
    hidden: isEmpty,
    run: ({ screen }) => screen.filter(),
  },
  {
    id: 'servers.mark',
    keys: ['space'],
    label: 'mark',
    description: 'Mark a row for d, or unmark it',
    hidden: isEmpty,
  },
  {
    id: 'servers.mark-shown',
    synonyms: ['select all', 'bulk'],
    keys: ['*'],
    label: 'mark all',
    description: 'Mark all rows that are shown, or none',
    hidden: isEmpty,
    run: ({ screen }) => screen.markShown(),
  },
  {
    id: 'servers.sort',
    synonyms: ['order'],
    keys: ['S'],
    label: 'sort',
    description: 'Sort the list; kept for the next start',
    priority: 65,
    hidden: isEmpty,
    run: ({ work }) => openOverlay(work, 'sort'),
  },
  {
    id: 'servers.sandbox',
    keys: ['t'],
    label: 'try the sandbox',
    description: 'Try the sandbox: an embedded DigitalOcean, nothing to sign up for',
    hidden: (scope) => !isEmpty(scope) || scope.state.environment.sandbox,
    run: ({ work }) => work.store.dispatch({ type: 'exit', reason: 'try-sandbox' }),
  },
  {
    id: 'servers.export',
    synonyms: ['backup', 'move', 'transfer', 'age'],
    keys: [],
    label: 'export servers',
    description: 'Export the marked servers, or all, into an encrypted file',
    hidden: isEmpty,
    disabled: whyNoExport,
    run: ({ work, ...scope }) => exportToFile(work, markedServers(scope)),
  },
  {
    id: 'servers.import',
    synonyms: ['move', 'transfer', 'age'],
    keys: [],
    label: 'import servers',
    description: 'Import servers from an exported file',
    run: ({ work }) => importFromFile(work),
  },
];

/** The servers list. */
export const SERVERS: readonly Command<ServersControls>[] = OF_THE_LIST.map((command) => ({
  ...command,
  context: 'servers',
}));

function ofSelected(
  action: (work: Call['work'], id: string) => void | Promise<void>,
): Command['run'] {
  return ({ work, selected }) => (selected === undefined ? undefined : action(work, selected));
}

function openRow(call: Call): void | Promise<void> {
  const row = rowOf(call);
  if (row === undefined) return;
  if (row.kind === 'server') return openServer(call.work, row.id);
  if (row.kind === 'unlisted') return adopt(call.work, row.id);
  attachOperation(call.work, row.id);
}

function destroyRow(call: Call): void | Promise<void> {
  const [row, ...others] = rowsOf(call);
  if (row === undefined) return;
  if (others.length > 0) return endRows(call.work, [row, ...others]);
  if (row.kind === 'operation') return dismiss(call.work, row.id);
  if (row.kind === 'unlisted') return destroyUnlisted(call.work, row.id);
  return destroyOrRemove(call.work, row.id);
}

/** Label of Enter for the selected row. */
function openLabel(scope: KeyScope): string {
  const names = { server: 'open', operation: 'show', unlisted: 'adopt' } as const;
  return names[rowOf(scope)?.kind ?? 'server'];
}

/** Label of the destroy key for the marked rows, or the selected one. */
function destroyLabel(scope: KeyScope): string {
  const [row, ...others] = rowsOf(scope);
  if (others.length > 0) return `destroy ${others.length + 1}`;
  if (row?.kind === 'operation' && row.operation.request.kind !== undefined) return 'dismiss';
  if (row?.kind !== 'server') return 'destroy';
  return row.missing === 'gone' || !isCloudServer(row.server) ? 'remove' : 'destroy';
}
