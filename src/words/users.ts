import type { PanelInvitation, PanelUser } from '../services/panel/calls/users.js';
import { type Table } from './formats.js';
import type { Confirmation } from './question.js';

/** Days for which an invitation may last (contract: invitations). */
export const INVITATION_DAYS = { min: 1, max: 30, usual: 7 };
const PASSWORD_LENGTH = { min: 8, max: 128 };

export function userTable(users: readonly PanelUser[]): Table {
  return {
    head: ['USER', 'NAME', 'E-MAIL', 'GROUPS'],
    rows: users.map(({ username, displayname, email, groups }) => [
      username,
      displayname ?? '-',
      email ?? '-',
      groups.join(' ') || '-',
    ]),
  };
}

export function invitationTable(invitations: readonly PanelInvitation[]): Table {
  return {
    head: ['INVITED', 'E-MAIL', 'STATE', 'UNTIL'],
    rows: invitations.map(({ username, email, status, expiresAt }) => [
      username,
      email ?? '-',
      status ?? 'unknown',
      dayText(expiresAt),
    ]),
  };
}

/** `2026-12-05` of a time that a panel said, or what it said instead. */
export function dayText(iso: string | undefined): string {
  if (iso === undefined) return 'unknown';
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : new Date(at).toISOString().slice(0, 10);
}

/** Judgement of a password before the panel's own. */
export function judgePassword(password: string): {
  readonly refused: boolean;
  readonly text: string;
} {
  const { min, max } = PASSWORD_LENGTH;
  const refused = password.length < min || password.length > max;
  return { refused, text: refused ? `A password has ${min} to ${max} characters.` : 'Accepted.' };
}

export function removeUserQuestion({ username, email }: PanelUser): Confirmation {
  return {
    title: `Remove the user ${username}?`,
    lines: [
      `${username}${email === undefined ? '' : ` (${email})`} can no longer log in to tunnels that require a login.`,
    ],
    yes: 'Remove',
    danger: true,
    typed: username,
    effect: 'remove the user',
    advance: { value: username, refusal: `Not confirmed: ${username} was not removed.` },
  };
}

export function resetFactorQuestion(username: string): Confirmation {
  return {
    title: `Give ${username} a new second factor?`,
    lines: ['Codes from the current second factor stop working.'],
    yes: 'Replace',
    danger: true,
    effect: 'replace it',
    advance: { value: username, refusal: `Not confirmed: ${username} keeps the second factor.` },
  };
}

export function withdrawnText({ username }: PanelInvitation): string {
  return `The invitation of ${username} is withdrawn: its link no longer works.`;
}

/** Lines around an invitation link, which is shown once. */
export function invitedLines(username: string, expiresAt: string | undefined): readonly string[] {
  return [`Send this link to ${username}; it is shown once and expires ${dayText(expiresAt)}:`];
}
