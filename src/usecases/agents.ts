import { InputError, messageOf, PortlamaError, quoted } from '../core/errors.js';
import { AGENT_RIGHTS } from '../core/product.js';
import type { NewAgent, PanelAgentCertificate } from '../services/panel/calls/agents.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { agentKeptText, revokeAgentQuestion } from '../words/agents.js';
import { serverName } from '../words/servers.js';
import { isUnanswered, onPanel, requireNamed, sendOnce } from './on-panel.js';
import type { Work } from './work.js';

const NAME = /^[a-z0-9-]{1,50}$/;
/** Without it the panel refuses an agent. */
const [NEEDED] = AGENT_RIGHTS;
const CERTIFICATES = { what: 'Agents' };

export interface ListedAgents {
  readonly server: ServerEntry;
  readonly agents: readonly PanelAgentCertificate[];
}

/** Certificate of a new agent; the password is said once, and a secret. */
export interface CreatedAgent {
  readonly server: ServerEntry;
  readonly name: string;
  readonly password: string;
  readonly expiresAt: string | undefined;
}

/** Token for an agent that makes its own key: said once, a secret, for one use. */
export interface AgentToken {
  readonly server: ServerEntry;
  readonly name: string;
  readonly token: string;
  readonly expiresAt: string | undefined;
  /** Address that the agent asks. */
  readonly panelUrl: string;
}

export interface AgentInput {
  readonly name: string;
  /** Rights besides reading tunnels: `tunnels:write`. */
  readonly capabilities: readonly string[];
}

/** Revoked ones as well, as long as the panel names them. */
export async function listAgents(wanted: string, work: Work): Promise<ListedAgents> {
  const wish = { ...CERTIFICATES, isLook: true };
  return await onPanel(wanted, wish, work, async ({ server, api }) => ({
    server,
    agents: await api.agents.list(work.signal),
  }));
}

/**
 * Makes a certificate for an agent and keeps it in a new private file. Its password is handed to `show` before anything
 * else can fail: no call says it again.
 */
export async function createAgent(
  wanted: string,
  input: AgentInput & { readonly file: string },
  show: (created: CreatedAgent) => Promise<void> | void,
  work: Work,
): Promise<void> {
  const agent = requireAgent(input);
  await work.transfer.requireAbsent(input.file);
  await onPanel(wanted, CERTIFICATES, work, async ({ server, api }) => {
    const { face, signal } = work;
    face.progress('The panel creates a certificate; on a small server this takes a few seconds');
    const made = await api.agents.create(agent, signal).catch((error: unknown) => {
      throw isUnanswered(error) ? passwordLost(server, agent.label, error) : error;
    });
    const { p12Password, expiresAt } = made;
    work.redactor.add(p12Password);
    await show({ server, name: agent.label, password: p12Password, expiresAt });
    try {
      await work.savePrivateFile(input.file, await api.agents.download(agent.label, signal));
    } catch (error) {
      throw notKept(server, agent.label, error);
    }
    face.say(agentKeptText(agent.label, input.file), 'ok');
  });
}

/** Fetches the certificate of an agent again, into a new private file. Its password stays what it was. */
export async function downloadAgent(
  wanted: string,
  name: string,
  file: string,
  work: Work,
): Promise<void> {
  await work.transfer.requireAbsent(file);
  await onPanel(wanted, CERTIFICATES, work, async ({ server, api }) => {
    const agents = await api.agents.list(work.signal);
    requireNamed('agent', name, agents, labelOf, server);
    await work.savePrivateFile(file, await api.agents.download(name, work.signal));
    work.face.say(agentKeptText(name, file), 'ok');
  });
}

/** Ends the certificate of an agent, and of its plugins. Typed: its tunnels stop, and nothing brings it back. */
export async function revokeAgent(wanted: string, name: string, work: Work): Promise<void> {
  await onPanel(wanted, CERTIFICATES, work, async (panel) => {
    const { server, api } = panel;
    const valid = async (): Promise<readonly PanelAgentCertificate[]> =>
      (await api.agents.list(work.signal)).filter(({ revoked }) => !revoked);
    requireNamed('agent', name, await valid(), labelOf, server);
    await work.face.confirm(revokeAgentQuestion(name));
    await sendOnce(
      {
        what: `Revocation of ${name}`,
        send: async () => {
          await api.agents.revoke(name, work.signal);
          return true;
        },
        look: async () => ((await valid()).some(({ label }) => label === name) ? undefined : true),
      },
      panel,
      work,
    );
    work.face.say(`Revoked ${name}: its certificate no longer works.`, 'ok');
  });
}

/** Makes a token for an agent; a new one for a name ends the one before. */
export async function createAgentToken(
  wanted: string,
  input: AgentInput,
  work: Work,
): Promise<AgentToken> {
  const agent = requireAgent(input);
  return await onPanel(wanted, CERTIFICATES, work, async ({ server, api }) => {
    const { token, expiresAt } = await api.agents.createToken(agent, work.signal);
    work.redactor.add(token);
    return { server, name: agent.label, token, expiresAt, panelUrl: api.panelUrl };
  });
}

function labelOf({ label }: PanelAgentCertificate): string {
  return label;
}

function requireAgent({ name, capabilities }: AgentInput): NewAgent {
  if (!NAME.test(name))
    throw new InputError({
      code: 'agent-invalid',
      message: `${quoted(name)} is not a valid agent name.`,
      hint: 'Use 1 to 50 lowercase letters, digits and hyphens.',
    });
  return { label: name, capabilities: [...new Set([NEEDED, ...capabilities])] };
}

function passwordLost(server: ServerEntry, name: string, cause: unknown): PortlamaError {
  return new PortlamaError({
    code: 'agent-password-lost',
    message: `The panel of ${server.label} did not answer, and only its answer contains the password of ${name}.`,
    hint: [
      { command: 'servers.agents', id: serverName(server), lead: 'Check whether it was created' },
      'If it was, revoke it, and create it again.',
    ],
    cause,
  });
}

function notKept(server: ServerEntry, name: string, cause: unknown): PortlamaError {
  return new PortlamaError({
    code: 'agent-not-kept',
    message: `The certificate of ${name} was created but could not be saved: ${messageOf(cause)}`,
    hint: {
      command: 'servers.agents.download',
      id: serverName(server),
      agent: name,
      lead: 'Download it again; the password above stays valid',
    },
    cause,
  });
}
