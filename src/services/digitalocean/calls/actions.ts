import type { ActionRequest, DigitalOceanApi } from '../api.js';
import { ApiError } from '../api-error.js';
import type { Caller } from '../caller.js';
import { readAll, readIfThere, readOne } from './reading.js';

type Calls = Pick<
  DigitalOceanApi,
  | 'actOnDroplet'
  | 'listDropletActions'
  | 'getDropletAction'
  | 'listSnapshots'
  | 'listReservedAddresses'
>;

/** Verb of each action, after "Could not". */
const PURPOSES: Readonly<Record<ActionRequest['type'], string>> = {
  power_on: 'power on',
  power_off: 'power off',
  shutdown: 'shut down',
  reboot: 'reboot',
  power_cycle: 'power cycle',
  resize: 'resize',
  rename: 'rename',
};

/** Actions on droplets, and what stays behind when a droplet goes. */
export function actionCalls(caller: Caller): Calls {
  return {
    actOnDroplet: (id, request, check, signal) =>
      readOne(
        caller,
        {
          method: 'POST',
          path: actionsPath(id),
          body: request,
          purpose: `${PURPOSES[request.type]} droplet ${id}`,
          scope: request.type === 'resize' ? 'droplet:update and droplet:create' : 'droplet:update',
        },
        (bodies) => bodies.action,
        { signal, check },
      ),

    async listDropletActions(id, signal) {
      const purpose = `list the actions of droplet ${id}`;
      const call = {
        method: 'GET',
        path: actionsPath(id),
        purpose,
        scope: 'droplet:read',
      } as const;
      try {
        return await readAll(caller, call, (bodies) => bodies.actions, signal);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not-found') return undefined;
        throw error;
      }
    },

    getDropletAction: (dropletId, actionId, signal) =>
      readIfThere(
        caller,
        {
          method: 'GET',
          path: `${actionsPath(dropletId)}/${actionId}`,
          purpose: `read action ${actionId} of droplet ${dropletId}`,
          scope: 'droplet:read',
        },
        (bodies) => bodies.action,
        signal,
      ),

    listSnapshots: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/snapshots?resource_type=droplet',
          purpose: 'list the snapshots',
          scope: 'snapshot:read',
        },
        (bodies) => bodies.snapshots,
        signal,
      ),

    listReservedAddresses: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/reserved_ips',
          purpose: 'list the reserved addresses',
          scope: 'reserved_ip:read',
        },
        (bodies) => bodies.reservedAddresses,
        signal,
      ),
  };
}

function actionsPath(dropletId: number): string {
  return `/v2/droplets/${dropletId}/actions`;
}
