import { entryAnswer } from '../answer.js';
import { EXIT } from '../exit-codes.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers update [LABEL...]',
  movesPasswords: true,
  summary: 'Update panels one after the other, and follow each until the new version answers',
  options: {
    all: { summary: 'All servers that are set up' },
    'keep-going': { summary: 'Continue with the next one after a failure' },
    version: { value: 'VERSION', summary: 'Version of the installer; default: the newest' },
  },
  json: { form: 'lines', model: async () => (await import('../answers/servers.js')).UPDATED },
  examples: [
    'servers update lab',
    'servers update lab --version 1.0.53',
    'servers update --all --keep-going',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { isUpToDate, updateServers } = await import('../../usecases/update-servers.js');
      const { version } = call.options;
      const keepGoing = call.switches.has('keep-going');
      const wanted = { labels: call.rest, all: call.switches.has('all') };
      const tried = await updateServers(wanted, { version, keepGoing }, work);
      return {
        json: tried.map(({ server, ...outcome }) => ({ server: entryAnswer(server), ...outcome })),
        exitCode: tried.every(isUpToDate) ? EXIT.done : EXIT.failed,
      };
    }),
};
