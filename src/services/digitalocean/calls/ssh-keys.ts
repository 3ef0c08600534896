import type { DigitalOceanApi } from '../api.js';
import type { Caller } from '../caller.js';
import { pathSegment, readAll, readIfThere, readOne, remove } from './reading.js';

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
