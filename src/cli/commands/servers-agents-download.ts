import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers agents download LABEL AGENT FILE',
  movesPasswords: true,
  summary: 'Download the certificate of an agent again into a new private file',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).AGENT_FILE },
  examples: ['servers agents download lab laptop laptop.p12'],
  run: (call) =>
    perform(call, async (work) => {
      const { downloadAgent } = await import('../../usecases/agents.js');
      const { args } = call;
      await downloadAgent(args['LABEL']!, args['AGENT']!, args['FILE']!, work);
      return { json: { name: args['AGENT'], file: args['FILE'] } };
    }),
};
