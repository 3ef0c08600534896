import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers activate LABEL',
  movesPasswords: true,
  summary: 'Set the active server',
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).SERVER },
  examples: ['servers activate lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { activateServer } = await import('../../usecases/activate-server.js');
      return { json: { server: entryAnswer(await activateServer(call.args['LABEL']!, work)) } };
    }),
};
