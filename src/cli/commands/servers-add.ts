import { entryAnswer } from '../answer.js';
import { PANEL_PORT } from '../../core/product.js';
import { type Command, yesOption } from './command.js';
import { perform } from '../work.js';

export const command: Command = {
  usage: 'servers add URL',
  movesPasswords: true,
  summary: 'Add an existing server, once its certificate is confirmed',
  options: {
    label: { value: 'LABEL', summary: 'Label in the list; default: from the address' },
    ...yesOption('SHA256'),
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).SERVER },
  examples: [
    `servers add https://203.0.113.42:${PANEL_PORT}`,
    'servers add panel.example.com --label home',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { addServer } = await import('../../usecases/add-server.js');
      const form = { url: call.args['URL']!, label: call.options['label'] ?? '' };
      return { json: { server: entryAnswer(await addServer(form, work)) } };
    }),
};
