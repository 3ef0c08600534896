import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault move-to-os',
  summary: 'Move all secrets from the vault to the operating system’s store',
  examples: ['vault move-to-os'],
  run: (call) =>
    perform(call, async (work) => {
      await (await import('../../usecases/move-secrets.js')).moveToOs(work);
    }),
};
