import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers power LABEL [ACTION]',
  summary: 'Power a server on or off, reboot or cycle it; a droplet that is off is still billed',
  options: {
    force: { summary: 'With off: cut the power instead of asking the system to shut down' },
    ...yesOption('LABEL'),
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).POWERED },
  examples: ['servers power lab off', 'servers power lab on', 'servers power lab reboot --yes lab'],
  run: (call) =>
    perform(call, async (work) => {
      const label = call.args['LABEL']!;
      const action = call.args['[ACTION]'] ?? '';
      if (action === '') {
        const { managePower } = await import('../../usecases/manage-power.js');
        return await managePower(label, work);
      }
      const { powerServer, requirePowerVerb } = await import('../../usecases/power-server.js');
      const verb = requirePowerVerb(action, call.switches.has('force'));
      const { server, droplet } = await powerServer(label, verb, work);
      return { json: { server: entryAnswer(server), dropletStatus: droplet.status } };
    }),
};
