import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers restore',
  movesPasswords: true,
  summary: 'Replace an unreadable servers.json with the newest backup',
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).RESTORED },
  examples: ['servers restore'],
  run: (call) =>
    perform(call, async (work) => {
      const { restoreServers } = await import('../../usecases/restore-servers.js');
      const kept = await restoreServers(work);
      if (call.switches.has('json')) return { json: { kept } };
      return await (await import('../servers/list.js')).listServers(call.world);
    }),
};
