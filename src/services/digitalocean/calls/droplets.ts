import { InputError } from '../../../core/errors.js';
import type { CreateDropletRequest, DigitalOceanApi } from '../api.js';
import type { Caller } from '../caller.js';
import { readAll, readIfThere, readOne, remove } from './reading.js';

const MAX_USER_DATA_BYTES = 64 * 1024;

export function dropletCalls(
  caller: Caller,
): Pick<DigitalOceanApi, 'listDroplets' | 'getDroplet' | 'createDroplet' | 'deleteDroplet'> {
  return {
    listDroplets: (filter, signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: `/v2/droplets${queryOf(filter)}`,
          purpose: 'list the droplets',
          scope: filter !== undefined && 'tag' in filter ? 'tag:read' : 'droplet:read',
        },
        (bodies) => bodies.droplets,
        signal,
      ),

    getDroplet: (id, signal) =>
      readIfThere(
        caller,
        {
          method: 'GET',
          path: `/v2/droplets/${id}`,
          purpose: `read droplet ${id}`,
          scope: 'droplet:read',
        },
        (bodies) => bodies.droplet,
        signal,
      ),

    async createDroplet(request, signal) {
      requireUserData(request.userData);
      const call = {
        method: 'POST',
        path: '/v2/droplets',
        body: bodyOf(request),
        purpose: 'create the droplet',
        scope: 'droplet:create',
      } as const;
      return await readOne(caller, call, (bodies) => bodies.droplet, { signal });
    },

    deleteDroplet: (id, check, signal) =>
      remove(
        caller,
        {
          method: 'DELETE',
          path: `/v2/droplets/${id}`,
          purpose: `destroy droplet ${id}`,
          scope: 'droplet:delete',
        },
        { signal, check },
      ),
  };
}

function queryOf(filter: Parameters<DigitalOceanApi['listDroplets']>[0]): string {
  if (filter === undefined) return '';
  return 'tag' in filter
    ? `?tag_name=${encodeURIComponent(filter.tag)}`
    : `?name=${encodeURIComponent(filter.name)}`;
}

function bodyOf(request: CreateDropletRequest): object {
  return {
    name: request.name,
    region: request.region,
    size: request.size,
    image: request.image,
    ssh_keys: request.sshKeyIds,
    tags: request.tags,
    user_data: request.userData,
  };
}

/** DigitalOcean accepts other user data, and then never makes the droplet (CONTRACT.md, droplet lifecycle). */
function requireUserData(userData: string): void {
  if (userData.length <= MAX_USER_DATA_BYTES && /^[\t\n\r\x20-\x7e]*$/.test(userData)) return;
  throw new InputError({
    code: 'user-data-invalid',
    message: 'The droplet’s user data is longer than 64 KiB or not plain ASCII.',
  });
}
