import type { Command } from './command.js';

export const command: Command = {
  usage: 'token forget',
  summary: 'Delete the saved token from this machine',
  examples: ['token forget'],
  run: async ({ world }) => (await import('../token.js')).tokenCommand(world, 'forget'),
};
