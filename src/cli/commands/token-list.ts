import { perform } from '../work.js';
import type { Command } from './command.js';
import { accountAnswer } from './token-add.js';

export const command: Command = {
  usage: 'token list',
  summary: 'List the accounts that have a token here',
  json: { form: 'lines', model: async () => (await import('../answers/accounts.js')).ACCOUNT },
  examples: ['token list'],
  run: (call) =>
    perform(call, async (work) => {
      const { listAccounts } = await import('../../usecases/accounts.js');
      const { accountTable } = await import('../../words/token.js');
      const accounts = await listAccounts(work);
      return { json: accounts.map(accountAnswer), lines: accountTable(accounts) };
    }),
};
