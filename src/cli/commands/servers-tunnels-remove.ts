import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers tunnels remove LABEL NAME',
  movesPasswords: true,
  summary: 'Remove a tunnel; asks for its name',
  options: yesOption('NAME'),
  json: { form: 'object', model: async () => (await import('../answers/team.js')).REMOVED },
  examples: ['servers tunnels remove lab blog', 'servers tunnels remove lab blog --yes blog'],
  run: (call) =>
    perform(call, async (work) => {
      const { removeTunnel } = await import('../../usecases/tunnels.js');
      const { args } = call;
      const { subdomain } = await removeTunnel(args['LABEL']!, args['NAME']!, work);
      return { json: { removed: subdomain } };
    }),
};
