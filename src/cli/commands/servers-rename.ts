import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers rename LABEL NEW',
  summary: 'Change the label of a server and the name of its droplet',
  options: yesOption('LABEL'),
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).SERVER },
  examples: ['servers rename lab edge'],
  run: (call) =>
    perform(call, async (work) => {
      const { renameServer } = await import('../../usecases/rename-server.js');
      const server = await renameServer(call.args['LABEL']!, call.args['NEW']!, work);
      return { json: { server: entryAnswer(server) } };
    }),
};
