import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers users remove LABEL USERNAME',
  movesPasswords: true,
  summary: 'Remove a user; asks for the username',
  options: yesOption('USERNAME'),
  json: { form: 'object', model: async () => (await import('../answers/team.js')).REMOVED },
  examples: ['servers users remove lab jane', 'servers users remove lab jane --yes jane'],
  run: (call) =>
    perform(call, async (work) => {
      const { removeUser } = await import('../../usecases/users.js');
      const { args } = call;
      const { username } = await removeUser(args['LABEL']!, args['USERNAME']!, work);
      return { json: { removed: username } };
    }),
};
