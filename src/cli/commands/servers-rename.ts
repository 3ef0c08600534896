import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers rename LABEL NEW',
  summary: 'Give a server another label, and its droplet the name that goes with it',
  options: yesOption('LABEL'),
  examples: ['servers rename lab edge'],
  run: (call) =>
    perform(call, async (work) => {
      const { renameServer } = await import('../../usecases/rename-server.js');
      await renameServer(call.args['LABEL']!, call.args['NEW']!, work);
    }),
};
