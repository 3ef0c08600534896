import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers two-factor off LABEL',
  movesPasswords: true,
  summary: 'Turn a panel’s second factor off; asks for two codes, since each works once',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).FACTOR },
  examples: ['servers two-factor off lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { turnOffTwoFactor } = await import('../../usecases/two-factor.js');
      const { label } = await turnOffTwoFactor(call.args['LABEL']!, work);
      return { json: { server: label, enabled: false } };
    }),
};
