import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'certificate renew LABEL',
  movesPasswords: true,
  summary: 'Replace the admin certificate of a server with a new one',
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).CERTIFICATE },
  examples: ['certificate renew lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { renewCertificate } = await import('../../usecases/renew-certificate.js');
      const { server, expiresAt } = await renewCertificate(call.args['LABEL']!, work);
      return {
        json: { server: entryAnswer(server), expiresAt: new Date(expiresAt).toISOString() },
      };
    }),
};
