import { perform } from '../work.js';
import type { Command } from './command.js';
import { listOption } from './list-option.js';

export const command: Command = {
  usage: 'servers users invite LABEL USERNAME',
  movesPasswords: true,
  summary: 'Create an invitation link, shown once, with which the user chooses a password',
  options: {
    email: { value: 'EMAIL', summary: 'E-mail address of the person' },
    days: { value: 'DAYS', summary: 'Days until the link expires: 1 to 30; default: 7' },
    groups: { value: 'GROUP,GROUP', summary: 'Groups for the access rules of the panel' },
  },
  json: { form: 'object', model: async () => (await import('../answers/team.js')).INVITED },
  examples: [
    'servers users invite lab jane --email jane@example.com',
    'servers users invite lab jane --email jane@example.com --days 2',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { inviteUser } = await import('../../usecases/users.js');
      const { invitedLines } = await import('../../words/users.js');
      const { args, options } = call;
      const input = {
        username: args['USERNAME']!,
        email: options['email'],
        days: options['days'],
        groups: listOption(options['groups']),
      };
      const invited = await inviteUser(args['LABEL']!, input, work);
      const { username, expiresAt, inviteUrl } = invited;
      return { json: invited, lines: [...invitedLines(username, expiresAt), inviteUrl] };
    }),
};
