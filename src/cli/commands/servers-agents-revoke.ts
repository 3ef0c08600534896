import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers agents revoke LABEL AGENT',
  movesPasswords: true,
  summary: 'Revoke the certificate of an agent; asks for its name',
  options: yesOption('AGENT'),
  json: { form: 'object', model: async () => (await import('../answers/team.js')).REMOVED },
  examples: ['servers agents revoke lab laptop', 'servers agents revoke lab laptop --yes laptop'],
  run: (call) =>
    perform(call, async (work) => {
      const { revokeAgent } = await import('../../usecases/agents.js');
      const { args } = call;
      await revokeAgent(args['LABEL']!, args['AGENT']!, work);
      return { json: { removed: args['AGENT'] } };
    }),
};
