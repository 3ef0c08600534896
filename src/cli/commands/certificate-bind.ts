import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'certificate bind LABEL',
  movesPasswords: true,
  summary: 'Bind the admin certificate to a key in the login keychain of this Mac, permanently',
  options: yesOption('LABEL'),
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).CERTIFICATE },
  examples: ['certificate bind lab', 'certificate bind lab --yes lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { bindCertificate } = await import('../../usecases/bind-certificate.js');
      const { server, expiresAt } = await bindCertificate(call.args['LABEL']!, work);
      return {
        json: { server: entryAnswer(server), expiresAt: new Date(expiresAt).toISOString() },
      };
    }),
};
