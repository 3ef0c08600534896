import { InputError } from '../core/errors.js';
import type { Droplet } from '../services/digitalocean/api.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import { serverName } from '../words/servers.js';
import { type OpenAccount, type ServerOpening, openServer } from './open-accounts.js';

/** The server's droplet as it is now, and its account. Throws `droplet-unknown` for a server added by hand, and `droplet-absent`. */
export async function requireDropletOf(
  server: ServerEntry,
  work: ServerOpening,
): Promise<OpenAccount & { readonly droplet: Droplet }> {
  requireIdOf(server);
  const { droplet, ...account } = await openServer(server, work);
  if (droplet === undefined) throw absent(server);
  return { ...account, droplet };
}

function requireIdOf({ label, ...server }: ServerEntry): number {
  const id = dropletIdOf({ label, ...server });
  if (id !== undefined) return id;
  throw new InputError({
    code: 'droplet-unknown',
    message: `${label} was added by hand: this program knows no droplet of it.`,
    hint: 'Do it where the server was made.',
  });
}

function absent(server: ServerEntry): InputError {
  return new InputError({
    code: 'droplet-absent',
    message: `Droplet ${server.providerId} of ${server.label} is not in the account of this token.`,
    hint: [
      { lead: 'Use the token of its account', command: 'token.set' },
      {
        lead: 'Or, if it was destroyed, remove it from the list',
        command: 'servers.remove',
        id: serverName(server),
      },
    ],
  });
}
