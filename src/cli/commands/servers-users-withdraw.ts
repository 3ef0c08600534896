import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers users withdraw LABEL USERNAME',
  movesPasswords: true,
  summary: 'Withdraw an open invitation: its link stops working',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).REMOVED },
  examples: ['servers users withdraw lab jane'],
  run: (call) =>
    perform(call, async (work) => {
      const { withdrawInvitation } = await import('../../usecases/users.js');
      const { args } = call;
      const { username } = await withdrawInvitation(args['LABEL']!, args['USERNAME']!, work);
      return { json: { removed: username } };
    }),
};
