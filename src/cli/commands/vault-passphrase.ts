import { storeAnswer } from './store-answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault passphrase',
  summary: 'Change the passphrase of the vault',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).STORE },
  examples: ['vault passphrase'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/vault.js')).changePassphrase(work);
      return { json: await storeAnswer(work) };
    }),
};
