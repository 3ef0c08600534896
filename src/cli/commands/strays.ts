import type { Command } from './command.js';

export const command: Command = {
  usage: 'strays',
  alias: 'list',
  summary: 'List unlisted droplets with what they cost, and servers without a droplet',
  examples: ['strays'],
  run: async ({ world }) => (await import('../strays.js')).listStrays(world),
};
