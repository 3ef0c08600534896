import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault move-to-vault',
  summary: 'Move all secrets from that store to the vault',
  examples: ['vault move-to-vault'],
  run: async ({ world }) => (await import('../vault.js')).vaultCommand(world, 'move-to-vault'),
};
