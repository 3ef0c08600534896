import { EXIT } from '../exit-codes.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers services restart LABEL SERVICE',
  movesPasswords: true,
  summary:
    'Restart a service, and wait until the panel answers; exit code 1 if it is not active then',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).SERVICE },
  examples: ['servers services restart lab authelia'],
  run: (call) =>
    perform(call, async (work) => {
      const { serviceAnswer } = await import('../answers/team.js');
      const { restartService } = await import('../../usecases/services.js');
      const { args } = call;
      const { name, service } = await restartService(args['LABEL']!, args['SERVICE']!, work);
      const state = service ?? { name, status: 'unknown' };
      const isGood = service === undefined || service.status === 'active';
      return { json: serviceAnswer(state), exitCode: isGood ? EXIT.done : EXIT.failed };
    }),
};
