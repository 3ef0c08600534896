import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers tunnels disable LABEL NAME',
  movesPasswords: true,
  summary: 'Turn a tunnel off; its name and certificate stay',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).TUNNEL },
  examples: ['servers tunnels disable lab blog'],
  run: (call) =>
    perform(call, async (work) => {
      const { tunnelAnswer } = await import('../answers/team.js');
      const { setTunnel } = await import('../../usecases/tunnels.js');
      const { args } = call;
      return { json: tunnelAnswer(await setTunnel(args['LABEL']!, args['NAME']!, false, work)) };
    }),
};
