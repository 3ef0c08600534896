import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers certificates renew LABEL DOMAIN',
  movesPasswords: true,
  summary: 'Have Let’s Encrypt issue a public certificate again now; counts against its limits',
  json: { form: 'object', model: async () => (await import('../answers/team.js')).CERTIFICATE },
  examples: ['servers certificates renew lab panel.lab.example.com'],
  run: (call) =>
    perform(call, async (work) => {
      const { certificateAnswer } = await import('../answers/team.js');
      const { renewPublicCertificate } = await import('../../usecases/public-certificates.js');
      const { args } = call;
      const renewed = await renewPublicCertificate(args['LABEL']!, args['DOMAIN']!, work);
      return { json: certificateAnswer(renewed) };
    }),
};
