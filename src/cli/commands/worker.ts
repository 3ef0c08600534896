import type { Command } from './command.js';

/** Started by the program itself, once for every provisioning. */
export const command: Command = {
  usage: 'worker ID MODE',
  hidden: true,
  summary: 'Run or clean up a provisioning',
  examples: [],
  run: async ({ world, args }) => {
    const { workerCommand } = await import('../worker.js');
    const mode = args['MODE'] === 'cleanup' ? 'cleanup' : 'run';
    return await workerCommand(world, args['ID'] ?? '', mode);
  },
};
