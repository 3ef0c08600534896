import type { Command } from './command.js';
import { findServer } from './find-server.js';
import { say } from './say.js';
import { addServer } from './servers/add.js';
import { destroyServer } from './servers/destroy.js';
import { listServers } from './servers/list.js';
import { openPanel } from './servers/panel.js';
import { removeServer } from './servers/remove.js';
import { restoreServers } from './servers/restore.js';
import type { World } from './world.js';

export type ServersCommand = Extract<Command, { name: 'servers' }>;

/** Lists the servers, or does something with one. Resolves to the exit code. */
export async function serversCommand(world: World, command: ServersCommand): Promise<number> {
  switch (command.action) {
    case 'list':
      return await listServers(world);
    case 'restore':
      return await restoreServers(world);
    case 'add':
      return await addServer(world, command);
    case 'activate':
      return await activate(world, command.label);
    case 'panel':
      return await openPanel(world, await findServer(world, command.label));
    case 'remove':
      return await removeServer(world, command);
    case 'destroy':
      return await destroyServer(world, command);
  }
}

async function activate(world: World, wanted: string): Promise<number> {
  const { id, label, active } = await findServer(world, wanted);
  if (!active) await world.registry.setActive(id);
  say(
    world,
    active ? `${label} is the active server already.` : `${label} is the active server now.`,
  );
  return 0;
}
