import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'token forget [NAME]',
  summary: 'Delete the saved token from this machine',
  json: {
    form: 'object',
    model: async () => (await import('../answers/cloud.js')).TOKEN_FORGOTTEN,
  },
  examples: ['token forget', 'token forget work'],
  run: (call) =>
    perform(call, async (work) => {
      const deleted = await (
        await import('../../usecases/token.js')
      ).forgetToken(work, call.args['[NAME]'] || undefined);
      return { json: { deleted } };
    }),
};
