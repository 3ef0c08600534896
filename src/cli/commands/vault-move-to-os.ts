import { storeAnswer } from './store-answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault move-to-os',
  summary: 'Move all secrets from the vault to the operating system’s store',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).STORE },
  examples: ['vault move-to-os'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/move-secrets.js')).moveToOs(work);
      return { json: await storeAnswer(work) };
    }),
};
