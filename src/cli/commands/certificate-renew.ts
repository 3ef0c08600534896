import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'certificate renew LABEL',
  movesPasswords: true,
  summary: 'Replace the admin certificate of a server by a new one',
  examples: ['certificate renew lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { renewCertificate } = await import('../../usecases/renew-certificate.js');
      await renewCertificate(call.args['LABEL']!, work);
    }),
};
