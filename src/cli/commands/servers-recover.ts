import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers recover LABEL',
  movesPasswords: true,
  summary: 'Create a new admin certificate over SSH, when the one on this machine is lost',
  options: {
    'host-key': {
      value: 'SHA256:…',
      summary: 'Fingerprint of its SSH host key, if it is not stored here',
    },
    ...yesOption('LABEL'),
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).CERTIFICATE },
  examples: ['servers recover lab', 'servers recover lab --yes lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { recoverCertificate } = await import('../../usecases/recover-certificate.js');
      const wish = { hostKey: call.options['host-key'] };
      const { server, expiresAt } = await recoverCertificate(call.args['LABEL']!, wish, work);
      return {
        json: { server: entryAnswer(server), expiresAt: new Date(expiresAt).toISOString() },
      };
    }),
};
