import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers users two-factor LABEL USERNAME',
  movesPasswords: true,
  summary: 'Give a user a new second factor, shown once as a QR code',
  options: yesOption('USERNAME'),
  json: { form: 'object', model: async () => (await import('../answers/team.js')).USER_FACTOR },
  examples: ['servers users two-factor lab jane'],
  run: (call) =>
    perform(call, async (work) => {
      const { resetUserFactor } = await import('../../usecases/users.js');
      const { scanLines } = await import('../../words/qr-lines.js');
      const { args, world } = call;
      const reset = await resetUserFactor(args['LABEL']!, args['USERNAME']!, work);
      return { json: reset, lines: await scanLines(reset.totpUri, world.settings) };
    }),
};
