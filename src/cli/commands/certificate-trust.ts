import { entryAnswer } from '../answer.js';
import { healthText } from '../../words/formats.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'certificate trust LABEL',
  summary: 'Show the certificate of a panel and confirm it if needed',
  options: yesOption('SHA256'),
  json: {
    form: 'object',
    model: async () => (await import('../answers/servers.js')).PANEL_CERTIFICATE,
  },
  examples: ['certificate trust lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { trustCertificate } = await import('../../usecases/trust-certificate.js');
      const { server, verdict, certificate } = await trustCertificate(call.args['LABEL']!, work);
      const { sha256 } = certificate;
      const json = { server: entryAnswer(server), verdict, sha256 };
      if (verdict === 'changed' || verdict === 'unconfirmed') {
        const health = healthText(await work.checkHealth(server, work.signal));
        return { json, lines: [`Panel: ${health}`] };
      }
      const why =
        verdict === 'same'
          ? 'This certificate is confirmed.'
          : 'Issued by a public authority; nothing to confirm.';
      return { json, lines: [`Certificate of ${server.panelUrl}; SHA-256 ${sha256}`, why] };
    }),
};
