import { QUESTION_HELP } from '../words/question-help.js';
import { emailProblem } from '../core/domain.js';
import { InputError, PortlamaError, quoted } from '../core/errors.js';
import type { PanelInvitation, PanelUser } from '../services/panel/calls/users.js';
import type { ServerEntry } from '../services/registry/registry.js';
import {
  INVITATION_DAYS,
  judgePassword,
  removeUserQuestion,
  resetFactorQuestion,
  withdrawnText,
} from '../words/users.js';
import { isUnanswered, onPanel, requireNamed, sendOnce } from './on-panel.js';
import type { Work } from './work.js';

const USERNAME = /^[a-z0-9_-]{2,32}$/;
const USERS = { what: 'Users' };

export interface ListedUsers {
  readonly server: ServerEntry;
  readonly users: readonly PanelUser[];
  readonly invitations: readonly PanelInvitation[];
}

export interface UserInput {
  readonly username: string;
  /** Asked for when left out. */
  readonly email: string | undefined;
  /** Full name; default: the username. */
  readonly name?: string | undefined;
  readonly groups: readonly string[];
}

export interface InvitationInput extends Pick<UserInput, 'username' | 'email' | 'groups'> {
  /** Days until the link ends. */
  readonly days?: string | undefined;
}

/** Secrets that one answer of the panel says: shown once, never logged. */
export interface InvitedUser {
  readonly username: string;
  readonly inviteUrl: string;
  readonly expiresAt: string | undefined;
}

export async function listUsers(wanted: string, work: Work): Promise<ListedUsers> {
  const wish = { ...USERS, isLook: true };
  return await onPanel(wanted, wish, work, async ({ server, api }) => {
    const users = await api.users.list(work.signal);
    const invitations = await api.invitations.list(work.signal);
    return { server, users, invitations };
  });
}

/** Makes a user of Authelia with a password that is typed; an invitation lets that person choose one. */
export async function addUser(wanted: string, input: UserInput, work: Work): Promise<PanelUser> {
  const { username, groups } = input;
  requireUsername(username);
  const email = await emailOf(input, work);
  return await onPanel(wanted, USERS, work, async (panel) => {
    const { users } = panel.api;
    const { face, redactor, signal } = work;
    const password = await face.secret({
      field: `Password of ${username} (not shown)`,
      help: QUESTION_HELP.userPassword,
      fresh: { repeat: 'Again', judge: judgePassword },
    });
    const judged = judgePassword(password);
    if (judged.refused) throw new InputError({ code: 'password-invalid', message: judged.text });
    redactor.add(password);
    const user = { username, displayname: input.name ?? username, email, groups: [...groups] };
    // A lost answer is looked up: the user must not have been there before.
    if ((await users.list(signal)).some((each) => each.username === username))
      throw userTaken(panel.server, username);
    face.progress('The panel adds the user, and restarts the login');
    await sendOnce(
      {
        what: username,
        send: async () => {
          await users.add({ ...user, password }, signal);
          return user;
        },
        look: async () => (await users.list(signal)).find((each) => each.username === username),
      },
      panel,
      work,
    );
    face.say(`Added ${username}.`, 'ok');
    return user;
  });
}

/** Removes a user. Typed, since nothing brings the login of that person back. */
export async function removeUser(wanted: string, username: string, work: Work): Promise<PanelUser> {
  return await onPanel(wanted, USERS, work, async (panel) => {
    const { server, api } = panel;
    const users = await api.users.list(work.signal);
    const user = requireNamed('user', username, users, nameOf, server);
    if (users.length === 1) throw lastUser(server, username);
    await work.face.confirm(removeUserQuestion(user));
    await sendOnce(
      {
        what: `Removal of ${username}`,
        send: async () => {
          await api.users.remove(username, work.signal);
          return true;
        },
        look: async () => {
          const rest = await api.users.list(work.signal);
          return rest.some((each) => each.username === username) ? undefined : true;
        },
      },
      panel,
      work,
    );
    work.face.say(`Removed ${username}.`, 'ok');
    return user;
  });
}

/** Gives a user a new second factor: an otpauth address, which is a secret. The old one ends. */
export async function resetUserFactor(
  wanted: string,
  username: string,
  work: Work,
): Promise<{ readonly username: string; readonly totpUri: string }> {
  return await onPanel(wanted, USERS, work, async ({ server, api }) => {
    requireNamed('user', username, await api.users.list(work.signal), nameOf, server);
    await work.face.confirm(resetFactorQuestion(username));
    const totpUri = await api.resetTotp(username, work.signal);
    work.redactor.add(totpUri);
    return { username, totpUri };
  });
}

/** Makes a link with which a person chooses their own password. */
export async function inviteUser(
  wanted: string,
  input: InvitationInput,
  work: Work,
): Promise<InvitedUser> {
  const { username, groups, days = String(INVITATION_DAYS.usual) } = input;
  requireUsername(username);
  const email = await emailOf(input, work);
  const expiresInDays = requireDays(days);
  return await onPanel(wanted, USERS, work, async ({ server, api }) => {
    const wish = { username, email, groups, expiresInDays };
    const { inviteUrl, invitation } = await api.invitations
      .add(wish, work.signal)
      .catch((error: unknown) => {
        throw isUnanswered(error) ? linkLost(server, username, error) : error;
      });
    work.redactor.add(inviteUrl);
    work.redactor.add(inviteUrl.replace(/^.*\//, ''));
    return { username, inviteUrl, expiresAt: invitation.expiresAt };
  });
}

/** Ends an invitation that was not accepted yet. */
export async function withdrawInvitation(
  wanted: string,
  username: string,
  work: Work,
): Promise<PanelInvitation> {
  return await onPanel(wanted, USERS, work, async ({ server, api }) => {
    const all = await api.invitations.list(work.signal);
    const open = all.filter(({ status }) => status !== 'accepted');
    const invitation = requireNamed('invitation', username, open, nameOf, server);
    await api.invitations.remove(invitation.id, work.signal);
    work.face.say(withdrawnText(invitation), 'ok');
    return invitation;
  });
}

async function emailOf(
  { username, email }: Pick<UserInput, 'username' | 'email'>,
  { face }: Work,
): Promise<string> {
  const given =
    email ??
    (await face.ask({
      title: username,
      field: 'E-mail',
      help: QUESTION_HELP.userEmail,
      problem: emailProblem,
    }));
  const problem = emailProblem(given.trim());
  if (problem === undefined) return given.trim();
  throw new InputError({
    code: 'email-invalid',
    message: `${quoted(given)} is not an e-mail address. ${problem}`,
  });
}

function nameOf({ username }: Pick<PanelUser, 'username'>): string {
  return username;
}

function requireUsername(username: string): void {
  if (USERNAME.test(username)) return;
  throw new InputError({
    code: 'username-invalid',
    message: `${quoted(username)} is not a username that a panel accepts.`,
    hint: 'Use 2 to 32 lowercase letters, digits, hyphens and underscores.',
  });
}

function requireDays(text: string): number {
  const { min, max } = INVITATION_DAYS;
  const days = Number(text);
  if (Number.isInteger(days) && days >= min && days <= max) return days;
  throw new InputError({
    code: 'days-invalid',
    message: `An invitation lasts ${min} to ${max} days, not ${quoted(text)}.`,
  });
}

function lastUser({ label }: ServerEntry, username: string): InputError {
  return new InputError({
    code: 'user-last',
    message: `${username} is the last user of ${label}: without it nobody could log in.`,
    hint: 'Add another user first.',
  });
}

function userTaken({ label }: ServerEntry, username: string): InputError {
  return new InputError({
    code: 'user-taken',
    message: `${label} already has a user called ${username}. Nothing was changed.`,
    hint: 'Choose another username.',
  });
}

function linkLost({ label }: ServerEntry, username: string, cause: unknown): PortlamaError {
  return new PortlamaError({
    code: 'link-lost',
    message: `The panel of ${label} did not answer, and only its answer contains the link for ${username}.`,
    hint: 'If the invitation is listed, withdraw it, and invite again.',
    cause,
  });
}
