import { healthText } from '../../words/formats.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'certificate trust LABEL',
  summary: 'Show the certificate of a panel and confirm it if needed',
  options: yesOption('SHA256'),
  examples: ['certificate trust lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { world } = call;
      const { trustCertificate } = await import('../../usecases/trust-certificate.js');
      const { server, verdict, certificate } = await trustCertificate(call.args['LABEL']!, work);
      if (verdict === 'changed' || verdict === 'unconfirmed') {
        say(world, `Panel: ${healthText(await work.checkHealth(server, work.signal))}`);
        return;
      }
      say(world, `Certificate of ${server.panelUrl}; SHA-256 ${certificate.sha256}`);
      say(
        world,
        verdict === 'same'
          ? 'It is the confirmed certificate.'
          : 'Issued by a public authority; nothing to confirm.',
      );
    }),
};
