import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'token forget',
  summary: 'Delete the saved token from this machine',
  examples: ['token forget'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/token.js')).forgetToken(work);
    }),
};
