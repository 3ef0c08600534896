import { isCloudServer } from '../../app/server-rows.js';
import { forgetServer } from '../../services/registry/forget-server.js';
import { isConfirmed } from '../confirm.js';
import { findServer } from '../find-server.js';
import { say } from '../say.js';
import type { World } from '../world.js';
import { forgetPorts } from './forget-ports.js';
import { type Named, namedOnceMore } from './named.js';

/** Takes a server off the list and deletes what this machine keeps for it; the server itself is not touched. */
export async function removeServer(world: World, named: Named): Promise<number> {
  const server = await findServer(world, named.label);
  const { label, providerId } = server;
  const isAgreed = await isConfirmed(world, {
    ...namedOnceMore(server, named, 'remove'),
    lines: [
      `${label} will be taken off the list. The server itself is not touched and keeps running.`,
      ...(isCloudServer(server)
        ? [`If droplet ${providerId} exists, it goes on costing money until it is destroyed.`]
        : []),
      'Its certificate and password on this machine will be deleted.',
    ],
    question: 'Type yes to remove it; Enter alone leaves it: ',
    answer: 'yes',
  });
  if (!isAgreed) {
    say(world, 'Nothing was removed.');
    return 1;
  }
  await forgetServer(server, forgetPorts(world));
  say(world, `${label} is off the list.`);
  return 0;
}
