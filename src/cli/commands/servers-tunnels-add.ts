import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers tunnels add LABEL NAME PORT',
  movesPasswords: true,
  summary:
    'Forward NAME under the server’s domain to a port on an agent’s machine; waits for its certificate',
  options: {
    access: {
      value: 'ACCESS',
      summary: 'Who may open it: restricted (default), authenticated or public',
    },
    description: { value: 'TEXT', summary: 'What it is for' },
  },
  json: { form: 'object', model: async () => (await import('../answers/team.js')).TUNNEL },
  examples: [
    'servers tunnels add lab blog 8080',
    'servers tunnels add lab blog 8080 --access public',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { tunnelAnswer } = await import('../answers/team.js');
      const { args, options } = call;
      const { addTunnel } = await import('../../usecases/tunnels.js');
      const tunnel = {
        subdomain: args['NAME']!,
        port: Number(args['PORT']),
        description: options['description'],
        accessMode: options['access'],
      };
      return { json: tunnelAnswer(await addTunnel(args['LABEL']!, tunnel, work)) };
    }),
};
