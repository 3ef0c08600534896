import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers certificates LABEL',
  alias: 'list',
  movesPasswords: true,
  summary:
    'List the certificates of a server with their dates, and whether public ones renew themselves',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).CERTIFICATE },
  examples: ['servers certificates lab', 'servers certificates lab --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { certificateAnswer } = await import('../answers/team.js');
      const { listCertificates } = await import('../../usecases/public-certificates.js');
      const { certificateTable, renewalText } = await import('../../words/status.js');
      const { certificates, renewsItself } = await listCertificates(call.args['LABEL']!, work);
      return {
        json: certificates.map((each) => certificateAnswer(each, renewsItself)),
        lines: [certificateTable(certificates), renewalText(renewsItself)],
      };
    }),
};
