import type { Command } from './command.js';
import { shellWord } from '../core/shell-word.js';
import { destroyServer } from '../usecases/destroy-server.js';
import { removeServer } from '../usecases/remove-server.js';
import type { Work } from '../usecases/work.js';
import { findServer } from './find-server.js';
import { say } from './say.js';
import { addServer } from './servers/add.js';
import { listServers } from './servers/list.js';
import { openPanel } from './servers/panel.js';
import { restoreServers } from './servers/restore.js';
import { toTheEnd } from './work.js';
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
      return await perform(world, command, removeServer);
    case 'destroy':
      return await perform(world, command, destroyServer);
  }
}

async function perform(
  world: World,
  { action, label, confirmed }: Extract<ServersCommand, { action: 'remove' | 'destroy' }>,
  useCase: (wanted: string, work: Work) => Promise<unknown>,
): Promise<number> {
  const words = `servers ${action} ${shellWord(label)}`;
  return await toTheEnd(world, { words, yes: confirmed }, (work) => useCase(label, work));
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
