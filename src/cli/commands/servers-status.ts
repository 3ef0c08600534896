import { certificateText, renewalText, serviceText, statsText } from '../../words/status.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers status LABEL',
  movesPasswords: true,
  summary: 'Show what a panel knows of its machine: load, services, certificates',
  examples: ['servers status lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { showStatus } = await import('../../usecases/show-status.js');
      const { server, version, state, inside } = await showStatus(call.args['LABEL']!, work);
      say(call.world, `${server.label}  panel ${version ?? 'of an unknown version'}  ${state}`);
      if (inside === undefined) {
        say(call.world, 'Load, services and certificates: after its set-up.');
        return;
      }
      const { stats, services, certificates, renewsItself } = inside;
      say(call.world, statsText(stats));
      for (const service of services) say(call.world, serviceText(service));
      for (const certificate of certificates) say(call.world, certificateText(certificate));
      say(call.world, renewalText(renewsItself));
    }),
};
