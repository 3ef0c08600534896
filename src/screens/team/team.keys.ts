import { keyOf } from '../../words/keys.js';
import { rowOfTeam } from '../../app/server-rows.js';
import type { TeamTab } from '../../app/state.js';
import type { Command, KeyScope } from '../shell/command.js';

export const TABS: readonly { readonly tab: TeamTab; readonly name: string }[] = [
  { tab: 'tunnels', name: 'Tunnels' },
  { tab: 'users', name: 'Users' },
  { tab: 'agents', name: 'Agents' },
  { tab: 'services', name: 'Services' },
  { tab: 'certificates', name: 'Certs' },
];

/** Loaded late: the first frame needs nothing of them. */
const actions = () => import('../../app/actions/team.js');

/** Late as well. */
const machine = () => import('../../app/actions/panel-machine.js');

/** Lists of a server's panel, and what can be done to their rows. */
export const TEAM: readonly Command[] = [
  // Without a priority: the tabs name their keys, and the footer has what they do not say.
  ...TABS.map(({ tab, name }, index): Command => {
    return {
      id: `team.${tab}`,
      keys: [String(index + 1)],
      context: 'team',
      label: name.toLowerCase(),
      description: `Show the ${tab}`,
      run: async ({ work }) => (await actions()).showTeam(work, tab),
    };
  }),
  {
    id: 'team.new',
    synonyms: ['create', 'add', 'invite', 'enroll'],
    keys: ['n'],
    context: 'team',
    label: ({ state }) =>
      state.team?.tab === 'agents' ? 'new agent' : `new ${one(state.team?.tab)}`,
    description: 'Create a tunnel, invite or add a user, set an agent up',
    priority: 10,
    hidden: ({ state }) => state.team !== undefined && isOfMachine(state.team.tab),
    disabled: whyNothing,
    run: async ({ work }) => (await actions()).addToTeam(work),
  },
  {
    id: 'team.toggle',
    synonyms: ['disable', 'enable', 'pause'],
    keys: ['enter'],
    context: 'team',
    label: (scope) => (isOn(scope) ? 'turn off' : 'turn on'),
    description: 'Turn the tunnel off, or on again',
    priority: 20,
    hidden: ({ selected }) => rowOfTeam(selected).kind !== 'tunnel',
    run: async ({ work, selected }) => (await actions()).toggleTunnel(work, selected!),
  },
  {
    id: 'team.remove',
    synonyms: ['delete', 'revoke', 'withdraw'],
    keys: ['d'],
    context: 'team',
    label: ({ selected }) => REMOVES[rowOfTeam(selected).kind] ?? 'remove',
    description: 'Remove the tunnel or user, withdraw the invitation, revoke the agent',
    priority: 30,
    hidden: ({ selected }) => !REMOVABLE.includes(rowOfTeam(selected).kind),
    run: async ({ work, selected }) => (await actions()).removeFromTeam(work, selected!),
  },
  {
    id: 'team.copy',
    synonyms: ['clipboard'],
    keys: ['y'],
    context: 'team',
    label: 'copy',
    description: 'Copy the tunnel’s address, or the line for the agent',
    priority: 35,
    hidden: ({ selected }) => !['tunnel', 'agent'].includes(rowOfTeam(selected).kind),
    run: async ({ work, selected }) => (await actions()).copyOfTeam(work, selected!),
  },
  {
    id: 'team.save',
    synonyms: ['download', 'p12', 'file'],
    keys: ['s'],
    context: 'team',
    label: 'save .p12',
    description: 'Save the certificate of the agent to a file again',
    priority: 32,
    hidden: ({ selected }) => rowOfTeam(selected).kind !== 'agent',
    run: async ({ work, selected }) => (await actions()).saveAgent(work, selected!),
  },
  {
    id: 'team.again',
    synonyms: ['restart', 'renew', 'lets encrypt', 'service'],
    keys: ['R'],
    context: 'team',
    label: ({ selected }) => (rowOfTeam(selected).kind === 'certificate' ? 'renew' : 'restart'),
    description: 'Restart the service, or renew the public certificate',
    priority: 20,
    hidden: ({ selected }) => !['service', 'certificate'].includes(rowOfTeam(selected).kind),
    run: async ({ work, selected }) => (await machine()).startAgain(work, selected!),
  },
  {
    id: 'team.log',
    synonyms: ['journal', 'journalctl', 'logs'],
    keys: ['l'],
    context: 'team',
    label: 'log',
    description: 'Show the end of the service’s log, over SSH',
    priority: 22,
    hidden: ({ selected }) => !['service', 'unit'].includes(rowOfTeam(selected).kind),
    run: async ({ work, selected }) => (await machine()).showLog(work, selected!),
  },
  {
    id: 'team.refresh',
    synonyms: ['reload'],
    keys: ['r'],
    context: 'team',
    label: 'refresh',
    description: 'Ask the panel again',
    priority: 60,
    run: async ({ work }) => (await actions()).readTeam(work),
  },
];

const REMOVABLE = ['tunnel', 'user', 'invitation', 'agent'];
const REMOVES: Readonly<Record<string, string>> = { invitation: 'withdraw', agent: 'revoke' };

function isOfMachine(tab: TeamTab): boolean {
  return tab === 'services' || tab === 'certificates';
}

function one(tab: TeamTab | undefined): string {
  return tab === 'users' ? 'user' : 'tunnel';
}

function isOn({ state, selected }: KeyScope): boolean {
  const { name } = rowOfTeam(selected);
  return state.team?.tunnels?.find(({ subdomain }) => subdomain === name)?.enabled === true;
}

/** Why the panel takes nothing new. */
function whyNothing({ state }: KeyScope): string | undefined {
  return state.team?.problem?.code === 'after-set-up'
    ? `The panel takes it after its set-up: leave with ${keyOf('leave')}, then press ${keyOf('servers.set-up')}.`
    : undefined;
}
