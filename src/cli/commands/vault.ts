import { storeAnswer } from './store-answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault',
  alias: 'status',
  summary: 'Show where secrets are kept, and the state of the vault',
  json: { form: 'object', model: async () => (await import('../answers/machine.js')).STORE },
  examples: ['vault'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/stores.js')).describeStores(work);
      return { json: await storeAnswer(work) };
    }),
};
