import { lineText } from '../../words/question.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers panel LABEL',
  movesPasswords: true,
  summary: 'Open the panel, or show how to reach it and how to import its certificate',
  examples: ['servers panel lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { openPanel } = await import('../../usecases/open-panel.js');
      const { server, isOpen, lines } = await openPanel(call.args['LABEL']!, work);
      say(call.world, isOpen ? 'The panel is open at' : 'No browser here. The panel is at');
      for (const line of [server.panelUrl, ...lines])
        say(call.world, lineText(line, call.world.settings));
    }),
};
