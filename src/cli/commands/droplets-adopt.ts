import { entryAnswer } from '../answer.js';
import { missingCertificateLines } from '../../words/access.js';
import { healthText } from '../../words/formats.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { dropletIdIn } from './droplet-id.js';

export const command: Command = {
  usage: 'droplets adopt ID',
  formerly: 'strays adopt',
  summary: 'Add an unlisted droplet to the list, without its certificate',
  options: { label: { value: 'LABEL', summary: 'Label in the list; default: from its name' } },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).ADOPTED },
  examples: ['droplets adopt 312876543', 'droplets adopt 312876543 --label lab'],
  run: (call) =>
    perform(call, async (work) => {
      const dropletId = dropletIdIn(call);
      const { adoptDroplet } = await import('../../usecases/adopt-droplet.js');
      const server = await adoptDroplet(dropletId, work, {
        label: call.options['label'],
      });
      const health = await work.checkHealth(server, work.signal);
      const lines = [
        `Added ${server.label} as inactive. The droplet was not changed.`,
        `${server.panelUrl}: ${healthText(health)}`,
        ...missingCertificateLines(server, call.world.settings, 'command'),
      ];
      return { json: { server: entryAnswer(server), health }, lines };
    }),
};
