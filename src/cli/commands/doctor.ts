import { version } from '../version.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'doctor',
  summary: 'Check this machine and suggest fixes; exit code 1 if something needs attention',
  examples: ['doctor'],
  run: async ({ world }) => (await import('../doctor.js')).doctorCommand(world, await version()),
};
