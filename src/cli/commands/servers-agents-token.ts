import { perform } from '../work.js';
import type { Command } from './command.js';
import { listOption } from './list-option.js';

export const command: Command = {
  usage: 'servers agents token LABEL AGENT',
  movesPasswords: true,
  summary: 'Print the command, once, that sets up an agent on its machine; valid for ten minutes',
  options: {
    may: { value: 'RIGHT,RIGHT', summary: 'Rights besides tunnels:read, such as tunnels:write' },
  },
  json: { form: 'object', model: async () => (await import('../answers/team.js')).AGENT_TOKEN },
  examples: [
    'servers agents token lab laptop',
    'servers agents token lab laptop --may tunnels:write',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { createAgentToken } = await import('../../usecases/agents.js');
      const { agentSetupLine, tokenText } = await import('../../words/agents.js');
      const { args, options } = call;
      const input = { name: args['AGENT']!, capabilities: listOption(options['may']) };
      const made = await createAgentToken(args['LABEL']!, input, work);
      const { name, token, expiresAt, panelUrl } = made;
      const line = agentSetupLine(name, token, panelUrl);
      return {
        json: { name, token, expiresAt, panelUrl, command: line },
        lines: [tokenText(name, expiresAt), line],
      };
    }),
};
