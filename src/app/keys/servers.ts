import type { Health } from '../../services/health/health.js';
import { findRow, isCloudServer, missingDroplet } from '../server-rows.js';
import type { KeyScope } from './scope.js';
import type { KeyBinding } from './table.js';
import { whyNoPanel, whyNotAdopt, whyNotDestroy, whyNotOpen } from './why-not.js';

const rowOf = ({ state, selected }: KeyScope) => findRow(state, selected);
const isEmpty = ({ state }: KeyScope): boolean =>
  state.servers.list.length === 0 &&
  state.operations.list.length === 0 &&
  state.droplets.strays.length === 0;

/** The servers list. */
export const SERVERS: readonly KeyBinding[] = [
  {
    command: 'servers.create',
    keys: ['n'],
    context: 'servers',
    label: 'new',
    description: 'Create a new server',
    hint: 10,
  },
  {
    command: 'servers.add',
    keys: ['a'],
    context: 'servers',
    label: 'add',
    description: 'Add a server that is there already',
    hint: 15,
  },
  {
    command: 'servers.restore',
    keys: ['R'],
    context: 'servers',
    label: 'restore backup',
    description: 'Start from the newest backup of servers.json',
    hint: 5,
    hidden: ({ state }) => state.servers.error?.code !== 'registry-unreadable',
  },
  {
    command: 'servers.open',
    keys: ['enter', 'space'],
    context: 'servers',
    label: 'set active',
    description: 'Make it the active server; show a provisioning; adopt a stray',
    hint: 20,
    hidden: isEmpty,
    disabled: whyNotOpen,
  },
  {
    command: 'servers.panel',
    keys: ['p'],
    context: 'servers',
    label: 'panel',
    description: 'Open the admin panel',
    hint: 30,
    hidden: isEmpty,
    disabled: whyNoPanel,
  },
  {
    command: 'servers.certificate',
    keys: ['c'],
    context: 'servers',
    label: 'certificate',
    description: 'Look at the panel’s certificate, and confirm it',
    hint: 25,
    unhinted: (scope) => !waitsForTrust(scope),
    hidden: isEmpty,
    disabled: whyNoPanel,
  },
  {
    command: 'servers.access',
    keys: ['i'],
    context: 'servers',
    label: 'import',
    description: 'How to import its certificate',
    hint: 25,
    unhinted: (scope) => !waitsForImport(scope),
    hidden: isEmpty,
    disabled: whyNoPanel,
  },
  {
    command: 'servers.copy-url',
    keys: ['y'],
    context: 'servers',
    label: 'copy url',
    description: 'Copy the address of the panel',
    hint: 58,
    hidden: isEmpty,
    disabled: whyNoPanel,
  },
  {
    command: 'servers.destroy',
    keys: ['d'],
    context: 'servers',
    label: 'destroy',
    description: 'Destroy a cloud server or a stray; remove any other server from the list',
    hint: 50,
    hidden: isEmpty,
    disabled: whyNotDestroy,
  },
  {
    command: 'servers.adopt',
    keys: ['A'],
    context: 'servers',
    label: 'adopt',
    description: 'Take a stray droplet into the list: it is there, and in no list here',
    hidden: ({ state }) => state.droplets.strays.length === 0,
    disabled: whyNotAdopt,
  },
  {
    command: 'servers.refresh',
    keys: ['r'],
    context: 'servers',
    label: 'refresh',
    description: 'Read the list again, ask every panel, and look for strays',
    hint: 60,
    hidden: isEmpty,
  },
  {
    command: 'servers.filter',
    keys: ['/'],
    context: 'servers',
    label: 'filter',
    description: 'Show only the rows with this text',
    hint: 70,
    hidden: isEmpty,
  },
  {
    command: 'servers.sandbox',
    keys: ['t'],
    context: 'servers',
    label: 'try the sandbox',
    description: 'Try the sandbox: an embedded DigitalOcean, nothing to sign up for',
    hidden: (scope) => !isEmpty(scope) || scope.state.environment.sandbox,
  },
];

/** The panel's own certificate has to be looked at: nobody confirmed it, or it is another one now. */
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

function healthOf({ state, selected }: KeyScope): Health | undefined {
  return selected === undefined ? undefined : state.health.get(selected)?.health;
}

/** What the key that destroys is called for the selected row. */
export function destroyLabel(scope: KeyScope): string {
  const row = rowOf(scope);
  if (row?.kind !== 'server') return 'destroy';
  const isGone = missingDroplet(scope.state, row.id) === 'gone';
  return isGone || !isCloudServer(row.server) ? 'remove' : 'destroy';
}

/** What Enter is called for the selected row. */
export function openLabel(scope: KeyScope): string {
  const names = { server: 'set active', operation: 'show', stray: 'adopt' } as const;
  return names[rowOf(scope)?.kind ?? 'server'];
}
