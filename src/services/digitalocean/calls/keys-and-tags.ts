import type { DigitalOceanApi } from '../api.js';
import type { Caller } from '../caller.js';
import { ApiError } from '../api-error.js';
import { pathSegment, readAll, readIfThere, readOne, remove, run } from './reading.js';

export function sshKeyCalls(
  caller: Caller,
): Pick<DigitalOceanApi, 'listSshKeys' | 'getSshKey' | 'createSshKey' | 'deleteSshKey'> {
  return {
    listSshKeys: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/account/keys',
          purpose: 'list the SSH keys',
          scope: 'ssh_key:read',
        },
        (bodies) => bodies.sshKeys,
        signal,
      ),

    async getSshKey(idOrFingerprint, signal) {
      const call = {
        method: 'GET',
        path: `/v2/account/keys/${pathSegment(String(idOrFingerprint))}`,
        purpose: 'look for the SSH key',
        scope: 'ssh_key:read',
      } as const;
      return await readIfThere(caller, call, (bodies) => bodies.sshKey, signal);
    },

    createSshKey: (name, publicKey, signal) =>
      readOne(
        caller,
        {
          method: 'POST',
          path: '/v2/account/keys',
          body: { name, public_key: publicKey },
          purpose: 'add the SSH key',
          scope: 'ssh_key:create',
        },
        (bodies) => bodies.sshKey,
        { signal },
      ),

    deleteSshKey: (id, signal) =>
      remove(
        caller,
        {
          method: 'DELETE',
          path: `/v2/account/keys/${id}`,
          purpose: `remove SSH key ${id}`,
          scope: 'ssh_key:delete',
        },
        { signal },
      ),
  };
}

/** Statuses with which a tag that exists already might be refused: DigitalOcean does not say (CONTRACT.md). */
const MAY_MEAN_EXISTING: ReadonlySet<number | undefined> = new Set([400, 409, 422]);

export function tagCalls(
  caller: Caller,
): Pick<DigitalOceanApi, 'getTag' | 'createTag' | 'tagDroplet' | 'deleteTag'> {
  const getTag: DigitalOceanApi['getTag'] = async (name, signal) =>
    await readIfThere(
      caller,
      {
        method: 'GET',
        path: `/v2/tags/${pathSegment(name)}`,
        purpose: `read the tag ${name}`,
        scope: 'tag:read',
      },
      (bodies) => bodies.tag,
      signal,
    );

  return {
    getTag,

    async createTag(name, signal) {
      const call = {
        method: 'POST',
        path: '/v2/tags',
        body: { name: pathSegment(name) },
        purpose: `make the tag ${name}`,
        scope: 'tag:create',
      } as const;
      try {
        await readOne(caller, call, (bodies) => bodies.tag, { signal });
      } catch (error) {
        if (!(error instanceof ApiError) || !MAY_MEAN_EXISTING.has(error.status)) throw error;
        if ((await getTag(name, signal)) === undefined) throw error;
      }
    },

    async tagDroplet(tag, dropletId, signal) {
      const call = {
        method: 'POST',
        path: `/v2/tags/${pathSegment(tag)}/resources`,
        body: { resources: [{ resource_id: String(dropletId), resource_type: 'droplet' }] },
        purpose: `tag droplet ${dropletId}`,
        scope: 'tag:create and droplet:update',
      } as const;
      await run(caller, call, signal);
    },

    async deleteTag(name, signal) {
      const call = {
        method: 'DELETE',
        path: `/v2/tags/${pathSegment(name)}`,
        purpose: `remove the tag ${name}`,
        scope: 'tag:delete',
      } as const;
      return await remove(caller, call, { signal });
    },
  };
}
