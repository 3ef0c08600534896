import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers remove LABEL',
  movesPasswords: true,
  summary: 'Remove a server from the list; it keeps running',
  options: yesOption('LABEL'),
  examples: ['servers remove old-box'],
  run: (call) =>
    perform(call, async (work) => {
      const { removeServer } = await import('../../usecases/remove-server.js');
      await removeServer(call.args['LABEL']!, work);
    }),
};
