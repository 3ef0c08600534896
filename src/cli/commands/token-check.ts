import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'token check',
  summary: 'Check the token: account, scopes, limits',
  examples: ['token check'],
  run: (call) =>
    perform(call, async (work) => {
      const { describeToken } = await import('../../usecases/token.js');
      return (await describeToken(work)).ok ? 0 : 1;
    }),
};
