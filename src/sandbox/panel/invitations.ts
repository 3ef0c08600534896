import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Clock, DAY_MS } from '../../core/time.js';
import type { OnboardingState } from './onboarding.js';
import { ok, read, Refusal, type Route } from './route.js';
import type { Authelia } from './services.js';
import { base32, otpauth } from './two-factor.js';
import { PASSWORD, USERNAME } from './users.js';

const TOKEN = z.object({ token: z.string().regex(/^[0-9a-f]{64}$/, 'Invalid') });
const WANTED = z.object({
  username: USERNAME,
  email: z.email('Invalid email'),
  groups: z.array(z.string()).default([]),
  expiresInDays: z.int().min(1).max(30).default(7),
});
const ACCEPTED = z.object({ password: PASSWORD });
const TOKEN_BYTES = 32;
const SECRET_BYTES = 20;
interface Invitation {
  readonly id: string;
  readonly token: string;
  readonly username: string;
  readonly email: string;
  readonly groups: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string;
  used: boolean;
  acceptedAt: string | null;
}

/** Invitations of users of Authelia: the admin's half, and the page that an invited person opens. */
export function invitationRoutes(
  clock: Clock,
  state: OnboardingState,
  authelia: Authelia,
): readonly Route[] {
  const invitations = new Map<string, Invitation>();
  const common = { gate: 'management', needs: 'admin' } as const;
  const statusOf = ({ used, expiresAt }: Invitation): string => {
    if (used) return 'accepted';
    return Date.parse(expiresAt) < clock.now() ? 'expired' : 'pending';
  };
  const requirePending = (params: Readonly<Record<string, string>>): Invitation => {
    const { token } = read(TOKEN, params);
    const found = [...invitations.values()].find((invitation) => invitation.token === token);
    if (found === undefined || statusOf(found) !== 'pending')
      throw new Refusal(404, 'Invitation not found');
    return found;
  };
  return [
    {
      method: 'GET',
      path: '/api/invitations',
      ...common,
      handle: () =>
        ok({
          invitations: [...invitations.values()].map(({ token: _token, ...shown }) => ({
            ...shown,
            status: statusOf(invitations.get(shown.id)!),
          })),
        }),
    },
    {
      method: 'POST',
      path: '/api/invitations',
      ...common,
      handle: ({ body }) => {
        const { expiresInDays, ...wanted } = read(WANTED, body);
        if (authelia.users.has(wanted.username))
          throw new Refusal(409, 'Username already exists as an Authelia user');
        const isPending = (other: Invitation): boolean =>
          other.username === wanted.username && statusOf(other) === 'pending';
        if ([...invitations.values()].some(isPending))
          throw new Refusal(409, 'A pending invitation already exists for this username');
        const token = randomBytes(TOKEN_BYTES).toString('hex');
        const createdAt = new Date(clock.now()).toISOString();
        const expiresAt = new Date(clock.now() + expiresInDays * DAY_MS).toISOString();
        const invitation = { id: randomUUID(), ...wanted, createdAt, expiresAt };
        invitations.set(invitation.id, { ...invitation, token, used: false, acceptedAt: null });
        const inviteUrl = `https://auth.${state.domain}/invite/${token}`;
        return ok({ ok: true, invitation, inviteUrl, token }, 201);
      },
    },
    {
      method: 'DELETE',
      path: '/api/invitations/:id',
      ...common,
      handle: ({ params }) => {
        if (!invitations.delete(params['id'] ?? '')) throw new Refusal(404, 'Invitation not found');
        return ok({ ok: true });
      },
    },
    {
      method: 'GET',
      path: '/api/invite/:token',
      gate: 'always',
      handle: ({ params }) => {
        const { username, email, expiresAt } = requirePending(params);
        return ok({ username, email, expiresAt });
      },
    },
    {
      method: 'POST',
      path: '/api/invite/:token/accept',
      gate: 'always',
      handle: ({ params, body }) => {
        const invitation = requirePending(params);
        const { password } = read(ACCEPTED, body);
        const { username, email, groups } = invitation;
        const totpSecret = base32(randomBytes(SECRET_BYTES));
        const user = { username, displayname: username, email, groups, password, totpSecret };
        authelia.users.set(username, user);
        authelia.load();
        invitation.used = true;
        invitation.acceptedAt = new Date(clock.now()).toISOString();
        const totpUri = otpauth('Portlama', username, totpSecret);
        return ok({ ok: true, username, loginUrl: `https://auth.${state.domain}`, totpUri });
      },
    },
  ];
}
