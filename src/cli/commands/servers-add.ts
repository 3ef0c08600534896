import { PANEL_PORT } from '../../core/product.js';
import { type Command, yesOption } from './command.js';
import { perform } from '../work.js';

export const command: Command = {
  usage: 'servers add URL',
  movesPasswords: true,
  summary: 'Add an existing server, once its certificate is confirmed',
  options: {
    label: { value: 'LABEL', summary: 'Label in the list; suggested from the address without it' },
    ...yesOption('SHA256'),
  },
  examples: [
    `servers add https://203.0.113.42:${PANEL_PORT}`,
    'servers add panel.example.com --label home',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { addServer } = await import('../../usecases/add-server.js');
      await addServer({ url: call.args['URL']!, label: call.options['label'] ?? '' }, work);
    }),
};
