import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers',
  movesPasswords: true,
  alias: 'list',
  summary: 'List servers with their health, unlisted droplets, and servers without a droplet',
  json: { form: 'lines', model: async () => (await import('../answers/servers.js')).SERVER_ROW },
  examples: ['servers', 'servers --json'],
  run: async ({ world, switches }) => {
    const { listServers, writeServers } = await import('../servers/list.js');
    return await (switches.has('json') ? writeServers(world) : listServers(world));
  },
};
