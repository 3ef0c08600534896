import { version } from '../version.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'doctor',
  summary: 'Check this machine and suggest fixes; exit code 1 if something needs attention',
  options: {
    report: {
      summary:
        'Print a report for an issue instead: versions and counts, nothing about your servers',
    },
  },
  json: { form: 'lines', model: async () => (await import('../answers/machine.js')).FINDING },
  examples: ['doctor', 'doctor --report', 'doctor --json'],
  async run({ world, switches }) {
    const { doctorCommand, reportCommand } = await import('../doctor.js');
    const run = switches.has('report') ? reportCommand : doctorCommand;
    return await run(world, version(), switches.has('json'));
  },
};
