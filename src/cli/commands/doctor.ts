import { version } from '../version.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'doctor',
  summary: 'Check this machine, with what to do; exit code 1 when something needs attention',
  examples: ['doctor'],
  run: async ({ world }) => (await import('../doctor.js')).doctorCommand(world, await version()),
};
