import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers remove LABEL...',
  movesPasswords: true,
  summary: 'Remove a server from the list; it keeps running',
  options: yesOption('TEXT'),
  examples: ['servers remove old-box', 'servers remove a b --yes 2'],
  run: (call) =>
    perform(call, async (work) => {
      const [label, ...others] = call.rest;
      const { removeServer } = await import('../../usecases/remove-server.js');
      if (others.length === 0) return void (await removeServer(label!, work));
      const { removeServers } = await import('../../usecases/end-many.js');
      await removeServers(call.rest, work);
    }),
};
