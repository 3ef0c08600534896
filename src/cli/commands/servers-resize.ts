import { entryAnswer } from '../answer.js';
import { performOrPlan } from '../dry-run.js';
import { type Command, DRY_RUN_OPTION, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers resize LABEL',
  summary: 'Resize a server that is off; its disk keeps its size',
  options: {
    size: { value: 'SIZE', summary: 'New size; asked for by default' },
    ...DRY_RUN_OPTION,
    ...yesOption('LABEL'),
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).RESIZED },
  examples: [
    'servers resize lab --size s-1vcpu-1gb',
    'servers resize lab --size s-1vcpu-2gb --dry-run',
  ],
  run: (call) =>
    performOrPlan(call, async (work) => {
      const { resizeServer } = await import('../../usecases/resize-server.js');
      const done = await resizeServer(call.args['LABEL']!, call.options['size'], work);
      const { server, before, after } = done;
      const sizes = { before: before.sizeSlug, after: after.sizeSlug };
      return {
        json: { server: entryAnswer(server), ...sizes, monthlyUsd: after.priceMonthlyUsd },
      };
    }),
};
