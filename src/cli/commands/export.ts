import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'export FILE [LABEL...]',
  movesPasswords: true,
  summary: 'Write servers with certificates and passwords into an encrypted file',
  options: {
    recipients: {
      value: 'KEY,KEY',
      summary: 'Encrypt to these age public keys instead of a passphrase',
    },
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).EXPORTED },
  examples: ['export servers.age', 'export lab.age lab --recipients age1…'],
  run: (call) =>
    perform(call, async (work) => {
      const { exportServers } = await import('../../usecases/export-servers.js');
      const { args, rest, options } = call;
      const { recipients } = options;
      const file = args['FILE']!;
      return { json: await exportServers({ file, servers: rest, recipients }, work) };
    }),
};
