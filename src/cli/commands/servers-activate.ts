import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers activate LABEL',
  movesPasswords: true,
  summary: 'Set the active server',
  examples: ['servers activate lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { activateServer } = await import('../../usecases/activate-server.js');
      await activateServer(call.args['LABEL']!, work);
    }),
};
