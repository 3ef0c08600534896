import type { Command } from './command.js';

export const command: Command = {
  usage: 'token check',
  summary: 'Check the token: account, scopes, limits',
  examples: ['token check'],
  run: async ({ world }) => (await import('../token.js')).tokenCommand(world, 'check'),
};
