import type { DigitalOceanApi } from '../api.js';
import type { Caller } from '../caller.js';
import { readAll } from './reading.js';

export function catalogueCalls(caller: Caller): Pick<DigitalOceanApi, 'listRegions' | 'listSizes'> {
  return {
    listRegions: (signal) =>
      readAll(
        caller,
        {
          method: 'GET',
          path: '/v2/regions',
          purpose: 'list the regions',
          scope: 'regions:read',
        },
        (bodies) => bodies.regions,
        signal,
      ),

    listSizes: (signal) =>
      readAll(
        caller,
        { method: 'GET', path: '/v2/sizes', purpose: 'list the sizes', scope: 'sizes:read' },
        (bodies) => bodies.sizes,
        signal,
      ),
  };
}
