import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers',
  movesPasswords: true,
  alias: 'list',
  summary: 'List servers with their health, unlisted droplets, and servers without a droplet',
  examples: ['servers'],
  run: async ({ world }) => (await import('../servers/list.js')).listServers(world),
};
