import type { SshKeyAnswer } from '../answers/cloud.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'ssh-keys',
  summary: 'List the SSH keys of the account, for --ssh-key account:NAME',
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).SSH_KEY },
  examples: ['ssh-keys', 'ssh-keys --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listAccountKeys } = await import('../../usecases/ssh-keys.js');
      const { keyText } = await import('../../words/ssh.js');
      const keys = await listAccountKeys(work);
      const json = keys.map(({ comment, sha256, line }): SshKeyAnswer => ({
        name: comment,
        sha256,
        publicKey: line,
      }));
      return { json, lines: keys.length === 0 ? ['No SSH keys.'] : keys.map(keyText) };
    }),
};
