import { storeAnswer } from './store-answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault move-to-vault',
  summary: 'Move all secrets from the operating system’s store to the vault',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).STORE },
  examples: ['vault move-to-vault'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/move-secrets.js')).moveToVault(work);
      return { json: await storeAnswer(work) };
    }),
};
