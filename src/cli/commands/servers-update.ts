import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers update LABEL',
  movesPasswords: true,
  summary: 'Update a panel, and follow it until another version answers',
  options: {
    version: { value: 'VERSION', summary: 'Version of the installer; the newest when left out' },
  },
  examples: ['servers update lab', 'servers update lab --version 1.0.53'],
  run: (call) =>
    perform(call, async (work) => {
      const { updateServer } = await import('../../usecases/update-server.js');
      const { version } = call.options;
      const { ending } = await updateServer(call.args['LABEL']!, { version }, work);
      return ending === 'unchanged' || ending === 'down' ? 1 : 0;
    }),
};
