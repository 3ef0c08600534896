import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault passphrase',
  summary: 'Change the passphrase of the vault',
  examples: ['vault passphrase'],
  run: async ({ world }) => (await import('../vault.js')).vaultCommand(world, 'passphrase'),
};
