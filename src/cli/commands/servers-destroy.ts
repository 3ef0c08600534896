import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers destroy LABEL',
  movesPasswords: true,
  summary: 'Destroy a server’s droplet and delete what is kept for it here',
  options: yesOption('LABEL'),
  examples: ['servers destroy lab', 'servers destroy lab --yes lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { destroyServer } = await import('../../usecases/destroy-server.js');
      await destroyServer(call.args['LABEL']!, work);
    }),
};
