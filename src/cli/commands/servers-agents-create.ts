import { giveAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { listOption } from './list-option.js';

export const command: Command = {
  usage: 'servers agents create LABEL AGENT FILE',
  movesPasswords: true,
  summary: 'Create the certificate of an agent in a new private file; its password is shown once',
  options: {
    may: { value: 'RIGHT,RIGHT', summary: 'Rights besides tunnels:read, such as tunnels:write' },
  },
  json: { form: 'object', model: async () => (await import('../answers/team.js')).AGENT_CREATED },
  examples: ['servers agents create lab laptop laptop.p12'],
  run: (call) =>
    perform(call, async (work) => {
      const { createAgent } = await import('../../usecases/agents.js');
      const { agentPasswordText } = await import('../../words/agents.js');
      const { args, options } = call;
      const input = {
        name: args['AGENT']!,
        capabilities: listOption(options['may']),
        file: args['FILE']!,
      };
      const handlePassword: Parameters<typeof createAgent>[2] = ({ name, password, expiresAt }) =>
        void giveAnswer(
          {
            json: { name, password, expiresAt, file: input.file },
            lines: [agentPasswordText(name, password)],
          },
          call,
        );
      await createAgent(args['LABEL']!, input, handlePassword, work);
    }),
};
