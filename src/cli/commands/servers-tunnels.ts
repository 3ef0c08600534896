import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers tunnels LABEL',
  alias: 'list',
  movesPasswords: true,
  summary: 'List the tunnels of a server: names that forward to a port on an agent’s machine',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).TUNNEL },
  examples: ['servers tunnels lab', 'servers tunnels lab --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { tunnelAnswer } = await import('../answers/team.js');
      const { listTunnels } = await import('../../usecases/tunnels.js');
      const { tunnelTable } = await import('../../words/tunnels.js');
      const { tunnels } = await listTunnels(call.args['LABEL']!, work);
      const lines = tunnels.length === 0 ? ['No tunnels.'] : [tunnelTable(tunnels)];
      return { json: tunnels.map(tunnelAnswer), lines };
    }),
};
