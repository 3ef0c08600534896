import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault',
  alias: 'status',
  summary: 'Show the vault, and which store keeps secrets',
  examples: ['vault'],
  run: async ({ world }) => (await import('../vault.js')).vaultCommand(world, 'status'),
};
