import { perform } from '../work.js';
import type { Command } from './command.js';
import { accountAnswer } from './token-add.js';

export const command: Command = {
  usage: 'token use NAME',
  summary: 'Create servers in this account from now on',
  json: { form: 'object', model: async () => (await import('../answers/accounts.js')).ACCOUNT },
  examples: ['token use work', 'token use default'],
  run: (call) =>
    perform(call, async (work) => {
      const { useAccount } = await import('../../usecases/accounts.js');
      return { json: accountAnswer(await useAccount(call.args['NAME']!, work)) };
    }),
};
