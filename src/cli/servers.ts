import { shellWord } from '../core/shell-word.js';
import { activateServer } from '../usecases/activate-server.js';
import { addServer } from '../usecases/add-server.js';
import { destroyServer } from '../usecases/destroy-server.js';
import { openPanel } from '../usecases/open-panel.js';
import { removeServer } from '../usecases/remove-server.js';
import { restoreServers } from '../usecases/restore-servers.js';
import { lineText } from '../words/line.js';
import type { Command } from './command.js';
import { say } from './say.js';
import { listServers } from './servers/list.js';
import { toTheEnd } from './work.js';
import type { World } from './world.js';

export type ServersCommand = Extract<Command, { name: 'servers' }>;

/** Lists the servers, or does something with one. Resolves to the exit code. */
export async function serversCommand(world: World, command: ServersCommand): Promise<number> {
  switch (command.action) {
    case 'list':
      return await listServers(world);
    case 'restore':
      return await toTheEnd(world, { words: 'servers restore' }, async (work) => {
        await restoreServers(work);
        await listServers(world);
      });
    case 'add': {
      const { url, label, confirmed: yes } = command;
      const words = `servers add ${url}${label === undefined ? '' : ` --label ${label}`}`;
      return await toTheEnd(world, { words, yes }, (work) =>
        addServer({ url, label: label ?? '' }, work),
      );
    }
    case 'activate':
      return await toTheEnd(world, { words: `servers activate ${command.label}` }, (work) =>
        activateServer(command.label, work),
      );
    case 'panel':
      return await showPanel(world, command.label);
    case 'remove':
    case 'destroy': {
      const { action, label, confirmed: yes } = command;
      const words = `servers ${action} ${shellWord(label)}`;
      const useCase = action === 'remove' ? removeServer : destroyServer;
      return await toTheEnd(world, { words, yes }, (work) => useCase(label, work));
    }
  }
}

async function showPanel(world: World, label: string): Promise<number> {
  return await toTheEnd(world, { words: `servers panel ${label}` }, async (work) => {
    const { server, isOpen, lines } = await openPanel(label, work);
    say(world, isOpen ? 'The panel is open at' : 'No browser here. The panel is at');
    say(world, server.panelUrl);
    for (const line of lines) say(world, lineText(line));
  });
}
