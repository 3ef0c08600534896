import { AGENT_COMMAND } from '../../core/product.js';
import type { CreatedAgent } from '../../usecases/agents.js';
import type { Work } from '../../usecases/work.js';
import { labelOf, rowOfTeam } from '../server-rows.js';
import type { TeamState, TeamTab } from '../state.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

/** Opens the lists of a server's panel. */
export function openTeam(context: ActionContext, serverId: string): Promise<void> {
  context.store.dispatch({ type: 'route-opened', route: { screen: 'team', serverId } });
  return showTeam(context, 'tunnels', serverId);
}

/** Shows one of the lists, and asks the panel for it. */
export async function showTeam(
  context: ActionContext,
  tab: TeamTab,
  serverId = context.store.state.team?.serverId,
): Promise<void> {
  if (serverId === undefined) return;
  context.store.dispatch({ type: 'team-read', serverId, tab, problem: undefined });
  await readTeam(context);
}

/** Asks the panel for the list that is shown. */
export async function readTeam(context: ActionContext): Promise<void> {
  const { store } = context;
  const { team } = store.state;
  if (team === undefined) return;
  const { serverId, tab } = team;
  const tell = (read: Partial<TeamState>): void => {
    // Another list was chosen meanwhile.
    if (store.state.team?.tab === tab) store.dispatch({ type: 'team-read', serverId, ...read });
  };
  const options = {
    title: `Reading the ${tab} of ${labelOf(store.state, serverId)}`,
    once: `${tab} ${serverId}`,
    onError: (problem: NonNullable<TeamState['problem']>) => tell({ problem }),
  };
  await runUseCase(
    context,
    options,
    (work) => LISTS[tab](serverId, work),
    (read) => tell({ ...read, problem: undefined }),
  );
}

/** Loaded late: the first frame needs nothing of them. */
const tunnels = () => import('../../usecases/tunnels.js');
const users = () => import('../../usecases/users.js');
const agents = () => import('../../usecases/agents.js');

const LISTS: Readonly<
  Record<TeamTab, (serverId: string, work: Work) => Promise<Partial<TeamState>>>
> = {
  async tunnels(serverId, work) {
    const listed = await (await tunnels()).listTunnels(serverId, work);
    return { tunnels: listed.tunnels };
  },
  async users(serverId, work) {
    const listed = await (await users()).listUsers(serverId, work);
    return { users: listed.users, invitations: listed.invitations };
  },
  async agents(serverId, work) {
    const listed = await (await agents()).listAgents(serverId, work);
    return { agents: listed.agents };
  },
  async services(serverId, work) {
    const { listServices } = await import('../../usecases/services.js');
    return { services: (await listServices(serverId, work)).services };
  },
  async certificates(serverId, work) {
    const { listCertificates } = await import('../../usecases/public-certificates.js');
    const { certificates, renewsItself } = await listCertificates(serverId, work);
    return { certificates, renewsItself };
  },
};

/** Makes a tunnel, a user, or what sets an agent up; asks for what it takes. */
export async function addToTeam(context: ActionContext): Promise<void> {
  const { tab } = context.store.state.team ?? {};
  const made = tab === undefined ? undefined : NEW[tab];
  if (made !== undefined) await change(context, made.words, made.run);
}

type Run = (serverId: string, work: Work, context: ActionContext) => Promise<unknown>;

const NEW: Readonly<Partial<Record<TeamTab, { readonly words: Words; readonly run: Run }>>> = {
  tunnels: {
    words: { title: 'Creating a tunnel', failure: 'The tunnel was not created' },
    async run(serverId, work) {
      const { askTunnel } = await import('./ask-team.js');
      return await (await tunnels()).addTunnel(serverId, await askTunnel(work.face), work);
    },
  },
  users: {
    words: { title: 'Adding a user', failure: 'The user was not added' },
    async run(serverId, work, context) {
      const { askUser, showInvitation } = await import('./ask-team.js');
      const { addUser, inviteUser } = await users();
      const { username, invites } = await askUser(work.face);
      const input = { username, email: undefined, groups: [] };
      if (!invites) return await addUser(serverId, input, work);
      return showInvitation(context, await inviteUser(serverId, input, work));
    },
  },
  agents: {
    words: { title: 'Setting an agent up', failure: 'The agent was not set up' },
    async run(serverId, work, context) {
      const { askAgent, showAgentLine, showAgentPassword } = await import('./ask-team.js');
      const { createAgent, createAgentToken } = await agents();
      const { file, ...input } = await askAgent(work);
      if (file === undefined)
        return showAgentLine(context, await createAgentToken(serverId, input, work));
      const show = (made: CreatedAgent): void => showAgentPassword(context, made, file);
      return await createAgent(serverId, { ...input, file }, show, work);
    },
  },
};

/** Removes a tunnel or a user, withdraws an invitation, revokes an agent. */
export async function removeFromTeam(context: ActionContext, row: string): Promise<void> {
  const { kind, name } = rowOfTeam(row);
  const words = { title: `Removing ${name}`, failure: `${name} was not removed` };
  await change(context, words, async (serverId, work) => {
    if (kind === 'tunnel') return await (await tunnels()).removeTunnel(serverId, name, work);
    if (kind === 'user') return await (await users()).removeUser(serverId, name, work);
    if (kind === 'agent') return await (await agents()).revokeAgent(serverId, name, work);
    const { withdrawInvitation } = await users();
    const { withdrawnText } = await import('../../words/users.js');
    work.face.say(withdrawnText(await withdrawInvitation(serverId, name, work)), 'ok');
  });
}

/** Saves the certificate of an agent again, to a file that is asked for. */
export async function saveAgent(context: ActionContext, row: string): Promise<void> {
  const { name } = rowOfTeam(row);
  const words = { title: `Saving ${name}`, failure: `The certificate of ${name} was not saved` };
  await change(context, words, async (serverId, work) => {
    const { askAgentFile } = await import('./ask-team.js');
    await (await agents()).downloadAgent(serverId, name, await askAgentFile(name, work), work);
  });
}

/** Turns a tunnel off, or on again. */
export async function toggleTunnel(context: ActionContext, row: string): Promise<void> {
  const { name } = rowOfTeam(row);
  const known = context.store.state.team?.tunnels?.find(({ subdomain }) => subdomain === name);
  if (known === undefined) return;
  const words = {
    title: `Turning ${name} ${known.enabled ? 'off' : 'on'}`,
    failure: `${name} was not changed`,
  };
  await change(context, words, async (serverId, work) =>
    (await tunnels()).setTunnel(serverId, name, !known.enabled, work),
  );
}

/** Copies the address of a tunnel, or the line that lets an agent take up its tunnels. */
export function copyOfTeam({ store, terminal, messages }: ActionContext, row: string): void {
  const { kind, name } = rowOfTeam(row);
  const tunnel = store.state.team?.tunnels?.find(({ subdomain }) => subdomain === name);
  const copied =
    kind === 'tunnel' && tunnel?.fqdn !== undefined
      ? `https://${tunnel.fqdn}`
      : `${AGENT_COMMAND} update`;
  terminal.copy(copied);
  messages.toast('accent', `Copied (if the terminal allows it): ${copied}`);
}

interface Words {
  readonly title: string;
  readonly failure: string;
}

/** Changes something on the panel, then reads the list again, also where that failed. */
export async function change(
  context: ActionContext,
  { title, failure }: Words,
  run: Run,
): Promise<void> {
  const { team } = context.store.state;
  if (team === undefined) return;
  const { serverId } = team;
  const label = labelOf(context.store.state, serverId);
  const options = { title: `${title} on ${label}`, failure, once: `team ${serverId}` };
  const outcome = await runUseCase(context, options, (work) => run(serverId, work, context));
  if (outcome !== 'declined') await readTeam(context);
}
