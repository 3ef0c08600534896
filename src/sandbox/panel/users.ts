import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ok, read, Refusal, type Route } from './route.js';
import type { Authelia, AutheliaUser, Services } from './services.js';
import { base32, otpauth } from './two-factor.js';

export const USERNAME = z
  .string()
  .min(2)
  .max(32)
  .regex(
    /^[a-z0-9_-]+$/,
    'Username must contain only lowercase alphanumeric characters, underscores, and hyphens',
  );
export const PASSWORD = z.string().min(8).max(128);
const NEW_USER = z.object({
  username: USERNAME,
  displayname: z.string().min(1).max(100),
  email: z.email('Invalid email'),
  password: PASSWORD,
  groups: z.array(z.string()).default([]),
});
const CHANGE = z.object({
  displayname: z.string().optional(),
  email: z.string().optional(),
  password: PASSWORD.optional(),
  groups: z.array(z.string()).optional(),
});
const SECRET_BYTES = 20;

/** Users of Authelia. Each change restarts it, so that it knows what is on the disk. */
export function userRoutes(authelia: Authelia, services: Services): readonly Route[] {
  const { users } = authelia;
  const common = { gate: 'management', needs: 'admin' } as const;
  const requireUser = (name = ''): AutheliaUser => {
    const user = users.get(name);
    if (user === undefined) throw new Refusal(404, 'User not found');
    return user;
  };
  const restart = (): void => {
    services.restart('authelia');
    authelia.load();
  };
  return [
    {
      method: 'GET',
      path: '/api/users',
      ...common,
      handle: () => ok({ users: [...users.values()].map(shown) }),
    },
    {
      method: 'POST',
      path: '/api/users',
      ...common,
      handle: ({ body }) => {
        const user = read(NEW_USER, body);
        if (users.has(user.username)) throw new Refusal(409, 'Username already exists');
        users.set(user.username, user);
        restart();
        return ok({ ok: true, user: shown(user) }, 201);
      },
    },
    {
      method: 'PUT',
      path: '/api/users/:username',
      ...common,
      handle: ({ params, body }) => {
        const user = requireUser(params['username']);
        Object.assign(user, read(CHANGE, body));
        restart();
        return ok({ ok: true, user: shown(user) });
      },
    },
    {
      method: 'DELETE',
      path: '/api/users/:username',
      ...common,
      handle: ({ params }) => {
        const { username } = requireUser(params['username']);
        if (users.size === 1) throw new Refusal(400, 'Cannot delete the last user');
        users.delete(username);
        restart();
        return ok({ ok: true });
      },
    },
    {
      method: 'POST',
      path: '/api/users/:username/reset-totp',
      ...common,
      handle: ({ params }) => {
        const user = requireUser(params['username']);
        user.totpSecret = base32(randomBytes(SECRET_BYTES));
        restart();
        return ok({ ok: true, totpUri: otpauth('Portlama', user.username, user.totpSecret) });
      },
    },
  ];
}

function shown({ username, displayname, email, groups }: AutheliaUser) {
  return { username, displayname, email, groups };
}
