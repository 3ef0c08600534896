import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers services LABEL',
  alias: 'list',
  movesPasswords: true,
  summary: 'List the services of a server with their states',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).SERVICE },
  examples: ['servers services lab', 'servers services lab --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { serviceAnswer } = await import('../answers/team.js');
      const { listServices } = await import('../../usecases/services.js');
      const { serviceTable } = await import('../../words/status.js');
      const { services } = await listServices(call.args['LABEL']!, work);
      return { json: services.map(serviceAnswer), lines: [serviceTable(services)] };
    }),
};
