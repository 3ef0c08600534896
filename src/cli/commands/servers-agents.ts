import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers agents LABEL',
  alias: 'list',
  movesPasswords: true,
  summary: 'List the agents of a server: machines that its tunnels forward to',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).AGENT },
  examples: ['servers agents lab', 'servers agents lab --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { agentAnswer } = await import('../answers/team.js');
      const { listAgents } = await import('../../usecases/agents.js');
      const { agentTable } = await import('../../words/agents.js');
      const { agents } = await listAgents(call.args['LABEL']!, work);
      const lines = agents.length === 0 ? ['No agents.'] : [agentTable(agents)];
      return { json: agents.map(agentAnswer), lines };
    }),
};
