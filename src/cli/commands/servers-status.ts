import type { ServerEntry } from '../../services/registry/registry.js';
import type { Line } from '../../words/question.js';
import { serverName } from '../../words/servers.js';
import {
  certificateText,
  renewalText,
  serviceText,
  setUpText,
  statsText,
} from '../../words/status.js';
import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

function withoutSetUp(server: ServerEntry): readonly Line[] {
  return [
    'Load, services and certificates are not available before its set-up.',
    { command: 'servers.onboard', id: serverName(server), lead: 'Set it up' },
  ];
}

export const command: Command = {
  usage: 'servers status LABEL',
  movesPasswords: true,
  summary: 'Show the state of a server: load, services, certificates',
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).STATUS },
  examples: ['servers status lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { showStatus } = await import('../../usecases/show-status.js');
      const { server, version, state, inside } = await showStatus(call.args['LABEL']!, work);
      const head = `${server.label}  panel ${version ?? 'of an unknown version'}  ${setUpText(state)}`;
      const json = { server: entryAnswer(server), version, state, ...inside };
      if (inside === undefined) return { json, lines: [head, ...withoutSetUp(server)] };
      const { stats, services, certificates, renewsItself } = inside;
      const rows = [...services.map(serviceText), ...certificates.map(certificateText)];
      return { json, lines: [head, statsText(stats), ...rows, renewalText(renewsItself)] };
    }),
};
