import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers panel LABEL',
  movesPasswords: true,
  summary: 'Open the panel, or show how to reach it and how to import its certificate',
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).OPENED_PANEL },
  examples: ['servers panel lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { openPanel } = await import('../../usecases/open-panel.js');
      const { server, isOpen, lines } = await openPanel(call.args['LABEL']!, work);
      const place = isOpen ? 'The panel is open at' : 'No browser here. The panel is at';
      return {
        json: { server: entryAnswer(server), opened: isOpen },
        lines: [place, server.panelUrl, ...lines],
      };
    }),
};
