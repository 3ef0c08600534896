import { EXIT } from '../exit-codes.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers logs LABEL UNIT',
  summary: 'Show the end of a service’s log over SSH with your own key, or the command to run',
  options: {
    lines: { value: 'COUNT', summary: 'Number of lines from the end; default: 100' },
  },
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).LOG_LINE },
  examples: ['servers logs lab nginx', 'servers logs lab authelia --lines 500'],
  run: (call) =>
    perform(call, async (work) => {
      const { showLog } = await import('../../usecases/services.js');
      const { logByHand, unreadLogLines } = await import('../../words/status.js');
      const { args, options } = call;
      const shown = await showLog(args['LABEL']!, args['UNIT']!, options['lines'], work);
      const { server, unit, log } = shown;
      if (log.kind === 'read')
        return { json: log.lines.map((line) => ({ unit, line })), lines: log.lines };
      const command = logByHand(server, unit, shown.lines);
      return {
        json: [{ unit, unread: log.reason, command }],
        lines: [...unreadLogLines(log.reason), command],
        exitCode: EXIT.failed,
      };
    }),
};
