import { z } from 'zod';
import { text, texts } from '../panel-bodies.js';
import { type PanelCaller, pathTo, SLOW_MS } from './caller.js';

const USERS_PATH = '/api/users';
const INVITATIONS_PATH = '/api/invitations';
const USER = z.object({
  username: z.string(),
  displayname: text,
  email: text,
  groups: texts,
});
const USERS = z.object({ users: z.array(USER) });
const INVITATION = z.object({
  id: z.string(),
  username: z.string(),
  email: text,
  groups: texts,
  expiresAt: text,
  /** `pending`, `accepted` or `expired`. */
  status: text,
});
const INVITATIONS = z.object({ invitations: z.array(INVITATION) });
const INVITED = z.object({ invitation: INVITATION, inviteUrl: z.string().min(1) });

/** A user of Authelia, who logs in to what the tunnels protect. */
export type PanelUser = z.output<typeof USER>;
export type PanelInvitation = z.output<typeof INVITATION>;

export interface NewUser {
  readonly username: string;
  readonly displayname: string;
  readonly email: string;
  readonly password: string;
  readonly groups: readonly string[];
}

export interface NewInvitation {
  readonly username: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly expiresInDays: number;
}

/** Authelia restarts after each change, which takes some seconds. */
export function userCalls(caller: PanelCaller) {
  return {
    list: async (signal?: AbortSignal): Promise<readonly PanelUser[]> =>
      (await caller.read(USERS, 'GET', USERS_PATH, { signal })).users,
    add: async (user: NewUser, signal?: AbortSignal): Promise<void> => {
      await caller.send('POST', USERS_PATH, { body: user, signal, timeoutMs: SLOW_MS });
    },
    remove: async (username: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('DELETE', pathTo(USERS_PATH, username), { signal, timeoutMs: SLOW_MS });
    },
  };
}

export function invitationCalls(caller: PanelCaller) {
  return {
    list: async (signal?: AbortSignal): Promise<readonly PanelInvitation[]> =>
      (await caller.read(INVITATIONS, 'GET', INVITATIONS_PATH, { signal })).invitations,
    /** The link is a secret, and in this answer only. */
    add: (
      wanted: NewInvitation,
      signal?: AbortSignal,
    ): Promise<{ readonly invitation: PanelInvitation; readonly inviteUrl: string }> =>
      caller.read(INVITED, 'POST', INVITATIONS_PATH, { body: wanted, signal }),
    remove: async (id: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('DELETE', pathTo(INVITATIONS_PATH, id), { signal });
    },
  };
}
