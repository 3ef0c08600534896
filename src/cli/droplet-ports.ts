import type { AppPorts } from '../app/ports.js';
import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import { MANAGED_TAG } from '../services/digitalocean/api.js';
import { destroyDroplet } from '../services/provisioning/destroy-droplet.js';
import { adoptStray, destroyStray } from '../services/provisioning/end-stray.js';
import { type World, worldTiming } from './world.js';

type DropletPorts = Pick<AppPorts, 'destroyDroplet' | 'destroyStray' | 'adoptStray'>;

/** What can be done to droplets that are there, for the screens and for commands. */
export function dropletPorts(world: World): DropletPorts {
  const { registry, clock, apiUrl } = world;
  const timing = worldTiming(world);
  return {
    destroyDroplet: (api, dropletId, signal, onWaiting) =>
      destroyDroplet(dropletId, {
        api,
        clock,
        timing,
        requiredTags: [MANAGED_TAG],
        onWaiting,
        signal,
      }),
    destroyStray: (api, stray, signal, onWaiting) =>
      destroyStray(stray, { api, clock, timing, onWaiting, signal }),
    adoptStray: (stray) =>
      adoptStray(stray, { registry, clock, apiIsLoopback: isLoopbackApi(apiUrl) }),
  };
}
