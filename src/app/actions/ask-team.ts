import { AGENT_RIGHTS, TUNNEL_ACCESS } from '../../core/product.js';
import type { NewTunnel } from '../../services/panel/calls/tunnels.js';
import type { AgentInput, AgentToken, CreatedAgent } from '../../usecases/agents.js';
import type { Face } from '../../usecases/face.js';
import type { InvitedUser } from '../../usecases/users.js';
import type { Work } from '../../usecases/work.js';
import { agentSetupLine, tokenText } from '../../words/agents.js';
import { ACCESS_WORDS } from '../../words/tunnels.js';
import { dayText, invitedLines } from '../../words/users.js';
import type { ActionContext } from './context.js';

/** Facts of a new tunnel; the use case judges them. */
export async function askTunnel(face: Face): Promise<NewTunnel> {
  const subdomain = await face.ask({
    title: 'New tunnel',
    lines: ['A name below the domain that points to a port of an agent’s machine.'],
    field: 'Name, for example blog',
  });
  const port = await face.ask({
    title: `New tunnel: ${subdomain}`,
    lines: ['The port on the agent’s machine, 1024 to 65535.'],
    field: 'Port',
    problem: (typed) => (/^\d{4,5}$/.test(typed) ? undefined : 'A number from 1024 to 65535.'),
  });
  const accessMode = await face.choose({
    title: `Who may open ${subdomain}?`,
    lines: TUNNEL_ACCESS.map((mode) => `${ACCESS_WORDS[mode].name}: ${ACCESS_WORDS[mode].means}`),
    options: TUNNEL_ACCESS.map((mode) => ({ label: ACCESS_WORDS[mode].name, value: mode })),
  });
  return { subdomain, port: Number(port), accessMode };
}

/** A person, and how they get a password. */
export async function askUser(
  face: Face,
): Promise<{ readonly username: string; readonly invites: boolean }> {
  const username = await face.ask({
    title: 'New user',
    lines: ['Users log in to what the tunnels protect.'],
    field: 'Username, for example jane',
  });
  const invites = await face.choose({
    title: `How does ${username} get a password?`,
    lines: ['With a link, shown once, the user chooses the password.'],
    options: [
      { label: 'Invite by a link', value: true },
      { label: 'Type it here', value: false },
    ],
  });
  return { username, invites };
}

/** An agent, and how it gets its certificate: into a file here, or by a token on its own machine. */
export async function askAgent(
  work: Pick<Work, 'face' | 'paths'>,
): Promise<AgentInput & { readonly file: string | undefined }> {
  const { face } = work;
  const name = await face.ask({
    title: 'New agent',
    lines: ['An agent runs on the machine whose ports the tunnels point to.'],
    field: 'Name, for example laptop',
  });
  const rights = await face.ask({
    title: `New agent: ${name}`,
    lines: [`Rights of ${name}, separated by commas: ${AGENT_RIGHTS.join(', ')}.`],
    field: 'Rights',
    initial: AGENT_RIGHTS[0],
  });
  const capabilities = rights.split(/[\s,]+/).filter((right) => right !== '');
  const isFile = await face.choose({
    title: `How does ${name} get its certificate?`,
    lines: [
      'With a command to run on its machine. It works once, within ten minutes.',
      'Or as a file created here, with a password that is shown once.',
    ],
    options: [
      { label: 'Command with a token', value: false },
      { label: 'File (.p12)', value: true },
    ],
  });
  return { name, capabilities, file: isFile ? await askAgentFile(name, work) : undefined };
}

/** Absolute path of a file to be. */
export async function askAgentFile(
  name: string,
  { face, paths }: Pick<Work, 'face' | 'paths'>,
): Promise<string> {
  const typed = await face.ask({
    title: `Certificate of ${name}`,
    lines: ['A new file that only you can read. Tab completes the path.'],
    field: 'File',
    initial: `~/${name}.p12`,
    isPath: true,
    problem: (path) =>
      paths.absolute(path) === undefined ? 'Enter a full path: it begins with / or ~/.' : undefined,
  });
  return paths.absolute(typed) ?? typed;
}

/** Shows the password of an agent's certificate once. */
export function showAgentPassword(
  { messages }: ActionContext,
  { name, password, expiresAt }: CreatedAgent,
  file: string,
): void {
  messages.dialog({
    kind: 'message',
    title: `Agent ${name}`,
    lines: [
      `Its certificate goes to ${file} and is valid until ${dayText(expiresAt)}.`,
      'Its password, shown once:',
      '',
      { shellLine: password, copy: 'Copy password' },
    ],
    closing: 'Close',
  });
}

/** Shows a link once. */
export function showInvitation(
  { messages }: ActionContext,
  { username, expiresAt, inviteUrl }: InvitedUser,
): void {
  messages.dialog({
    kind: 'message',
    title: `Invitation for ${username}`,
    lines: [...invitedLines(username, expiresAt), '', { url: inviteUrl }],
    closing: 'Close',
  });
}

/** Shows the line of an agent once. */
export function showAgentLine({ messages }: ActionContext, made: AgentToken): void {
  const { name, token, expiresAt, panelUrl } = made;
  messages.dialog({
    kind: 'message',
    title: `Agent ${name}`,
    lines: [tokenText(name, expiresAt), '', { shellLine: agentSetupLine(name, token, panelUrl) }],
    closing: 'Close',
  });
}
