import { perform } from '../work.js';
import type { Command } from './command.js';
import { listOption } from './list-option.js';

export const command: Command = {
  usage: 'servers users add LABEL USERNAME',
  movesPasswords: true,
  summary: 'Add a user with a password, typed without echo or from standard input',
  options: {
    email: { value: 'EMAIL', summary: 'E-mail address of the user' },
    name: { value: 'NAME', summary: 'Full name; default: the username' },
    groups: { value: 'GROUP,GROUP', summary: 'Groups for the access rules of the panel' },
  },
  json: { form: 'object', model: async () => (await import('../answers/team.js')).USER },
  examples: [
    'servers users add lab jane --email jane@example.com',
    'servers users add lab jane --email jane@example.com < password',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { userAnswer } = await import('../answers/team.js');
      const { addUser } = await import('../../usecases/users.js');
      const { args, options } = call;
      const input = {
        username: args['USERNAME']!,
        email: options['email'],
        name: options['name'],
        groups: listOption(options['groups']),
      };
      return { json: userAnswer(await addUser(args['LABEL']!, input, work)) };
    }),
};
