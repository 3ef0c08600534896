import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault init',
  summary: 'Make the encrypted vault, for machines without a credential store',
  examples: ['vault init'],
  run: async ({ world }) => (await import('../vault.js')).vaultCommand(world, 'init'),
};
