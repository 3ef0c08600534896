import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers two-factor LABEL',
  movesPasswords: true,
  summary: 'Show whether a panel requires a second factor',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).FACTOR },
  examples: ['servers two-factor lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { showTwoFactor } = await import('../../usecases/two-factor.js');
      const { factorText } = await import('../../words/two-factor.js');
      const { server, isOn } = await showTwoFactor(call.args['LABEL']!, work);
      const json = { server: server.label, enabled: isOn };
      return { json, lines: [factorText(server, isOn)] };
    }),
};
