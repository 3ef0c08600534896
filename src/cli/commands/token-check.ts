import { tokenAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'token check [NAME]',
  summary: 'Check the token: account, scopes, limits',
  json: { form: 'object', model: async () => (await import('../answers/cloud.js')).TOKEN },
  examples: ['token check', 'token check work'],
  run: (call) =>
    perform(call, async (work) => {
      const { describeToken } = await import('../../usecases/token.js');
      const report = await describeToken(work, call.args['[NAME]'] || undefined);
      return { json: tokenAnswer(report), exitCode: report.ok ? 0 : 1 };
    }),
};
