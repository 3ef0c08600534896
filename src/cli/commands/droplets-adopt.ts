import { missingCertificateLines } from '../../words/access.js';
import { healthText } from '../../words/formats.js';
import { lineText } from '../../words/question.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { dropletIdIn } from './droplet-id.js';

export const command: Command = {
  usage: 'droplets adopt ID',
  formerly: 'strays adopt',
  summary: 'Add an unlisted droplet to the list, without its certificate',
  options: { label: { value: 'LABEL', summary: 'Its label; made of its name when left out' } },
  examples: ['droplets adopt 312876543', 'droplets adopt 312876543 --label lab'],
  run: (call) =>
    perform(call, async (work) => {
      const dropletId = dropletIdIn(call);
      const { adoptDroplet } = await import('../../usecases/adopt-droplet.js');
      const server = await adoptDroplet(dropletId, work, call.options['label']);
      say(call.world, `Added ${server.label} as inactive. The droplet was not changed.`);
      const health = await work.checkHealth(server, work.signal);
      say(call.world, `${server.panelUrl}: ${healthText(health)}`);
      const { settings } = call.world;
      for (const line of missingCertificateLines(server, settings))
        say(call.world, lineText(line, settings));
    }),
};
