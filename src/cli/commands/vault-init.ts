import { storeAnswer } from './store-answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault init',
  summary: 'Create the encrypted vault, for machines without a credential store',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).STORE },
  examples: ['vault init'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/vault.js')).initVault(work);
      return { json: await storeAnswer(work) };
    }),
};
