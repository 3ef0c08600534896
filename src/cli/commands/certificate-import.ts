import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'certificate import LABEL FILE',
  summary: 'Import the admin certificate of an existing server; asks for its password',
  options: yesOption('LABEL'),
  examples: [
    'certificate import old-box client.p12',
    'certificate import old-box client.p12 < password',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { importCertificate } = await import('../../usecases/import-certificate.js');
      const { health } = await importCertificate(call.args['LABEL']!, call.args['FILE']!, work);
      return health.state === 'online' ? 0 : 1;
    }),
};
