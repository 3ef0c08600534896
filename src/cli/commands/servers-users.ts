import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers users LABEL',
  alias: 'list',
  movesPasswords: true,
  summary: 'List the users of a server and its open invitations',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).USER_ROW },
  examples: ['servers users lab', 'servers users lab --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { invitationAnswer, userAnswer } = await import('../answers/team.js');
      const { listUsers } = await import('../../usecases/users.js');
      const { invitationTable, userTable } = await import('../../words/users.js');
      const { users, invitations } = await listUsers(call.args['LABEL']!, work);
      return {
        json: [...users.map(userAnswer), ...invitations.map(invitationAnswer)],
        lines: [
          ...(users.length === 0 ? ['No users.'] : [userTable(users)]),
          ...(invitations.length === 0 ? [] : ['', invitationTable(invitations)]),
        ],
      };
    }),
};
