import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers resize LABEL',
  summary: 'Give a server that is off another size; its disk stays as it is',
  options: {
    size: { value: 'SIZE', summary: 'The new size; asked for when left out' },
    ...yesOption('LABEL'),
  },
  examples: ['servers resize lab --size s-1vcpu-1gb'],
  run: (call) =>
    perform(call, async (work) => {
      const { resizeServer } = await import('../../usecases/resize-server.js');
      await resizeServer(call.args['LABEL']!, call.options['size'], work);
    }),
};
