import type { Command } from './command.js';

export const command: Command = {
  usage: 'vault move-to-os',
  summary: 'Move all secrets from the vault to the credential store of the operating system',
  examples: ['vault move-to-os'],
  run: async ({ world }) => (await import('../vault.js')).vaultCommand(world, 'move-to-os'),
};
