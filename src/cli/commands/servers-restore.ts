import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers restore',
  movesPasswords: true,
  summary: 'Replace an unreadable servers.json with the newest backup',
  examples: ['servers restore'],
  run: (call) =>
    perform(call, async (work) => {
      const { restoreServers } = await import('../../usecases/restore-servers.js');
      await restoreServers(work);
      await (await import('../servers/list.js')).listServers(call.world);
    }),
};
