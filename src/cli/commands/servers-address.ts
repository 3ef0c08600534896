import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers address LABEL URL',
  summary: 'Change the address of a server’s panel, once its certificate there is checked',
  options: yesOption('SHA256'),
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).SERVER },
  examples: ['servers address old-box https://panel.lab.example.com'],
  run: (call) =>
    perform(call, async (work) => {
      const { changeAddress } = await import('../../usecases/change-address.js');
      const server = await changeAddress(call.args['LABEL']!, call.args['URL']!, work);
      return { json: { server: entryAnswer(server) } };
    }),
};
