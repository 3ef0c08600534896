import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers destroy LABEL...',
  movesPasswords: true,
  summary: 'Destroy a server’s droplet and delete what is kept for it here',
  options: yesOption('TEXT'),
  examples: [
    'servers destroy lab',
    'servers destroy lab --yes lab',
    'servers destroy a b c --yes 3',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const [label, ...others] = call.rest;
      const { destroyServer } = await import('../../usecases/destroy-server.js');
      if (others.length === 0) return void (await destroyServer(label!, work));
      const { destroyServers } = await import('../../usecases/end-many.js');
      await destroyServers(call.rest, work);
    }),
};
