import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers update [LABEL...]',
  movesPasswords: true,
  summary: 'Update panels one after the other, and follow each until another version answers',
  options: {
    all: { summary: 'All servers that are set up' },
    'keep-going': { summary: 'Continue with the next one after a failure' },
    version: { value: 'VERSION', summary: 'Version of the installer; the newest when left out' },
  },
  examples: [
    'servers update lab',
    'servers update lab --version 1.0.53',
    'servers update --all --keep-going',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { updateServers } = await import('../../usecases/update-servers.js');
      const { version } = call.options;
      const keepGoing = call.switches.has('keep-going');
      const wanted = { labels: call.rest, all: call.switches.has('all') };
      const areUpdated = await updateServers(wanted, { version, keepGoing }, work);
      return areUpdated ? 0 : 1;
    }),
};
