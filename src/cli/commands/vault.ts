import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault',
  alias: 'status',
  summary: 'Show the vault, and which store keeps secrets',
  examples: ['vault'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/stores.js')).describeStores(work);
    }),
};
