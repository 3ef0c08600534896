import { entryAnswer } from '../answer.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'certificate import LABEL FILE',
  summary: 'Import the admin certificate of an existing server; asks for its password',
  options: yesOption('LABEL'),
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).CERTIFICATE },
  examples: [
    'certificate import old-box client.p12',
    'certificate import old-box client.p12 < password',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { importCertificate } = await import('../../usecases/import-certificate.js');
      const { args } = call;
      const done = await importCertificate(args['LABEL']!, args['FILE']!, work);
      const { server, health } = done;
      const expiresAt = new Date(done.expiresAt).toISOString();
      const json = { server: entryAnswer(server), expiresAt, health };
      return { json, exitCode: health.state === 'online' ? 0 : 1 };
    }),
};
