import { missingCertificateLines } from '../../words/access.js';
import { lineText } from '../../words/question.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { dropletIdIn } from './droplet-id.js';

export const command: Command = {
  usage: 'droplets adopt ID',
  formerly: 'strays adopt',
  summary: 'Add an unlisted droplet to the list, without its certificate',
  examples: ['droplets adopt 312876543'],
  run: (call) =>
    perform(call, async (work) => {
      const dropletId = dropletIdIn(call);
      const { adoptDroplet } = await import('../../usecases/adopt-droplet.js');
      const server = await adoptDroplet(dropletId, work);
      say(call.world, `Added ${server.label} as inactive. The droplet was not changed.`);
      const { settings } = call.world;
      for (const line of missingCertificateLines(server, settings))
        say(call.world, lineText(line, settings));
    }),
};
