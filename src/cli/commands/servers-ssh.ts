import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers ssh LABEL [COMMAND...]',
  summary: 'Run ssh on a server as root, with its pinned host key; exit code of ssh',
  options: {
    'ssh-key': {
      value: 'KEY',
      summary:
        'Show how to put this key on a server that has none: FILE, agent, account or github:USER',
    },
    yes: {
      value: 'SHA256,…',
      summary: 'Confirm the fingerprints of github:USER without being asked',
    },
  },
  examples: [
    'servers ssh lab',
    'servers ssh lab -- journalctl -u nginx -n 20',
    'servers ssh lab --ssh-key ~/.ssh/id_ed25519.pub',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const { addSshKey, openSsh } = await import('../../usecases/open-ssh.js');
      const label = call.args['LABEL']!;
      const wish = call.options['ssh-key'];
      if (wish === undefined) return await openSsh(label, call.rest, work);
      return void (await addSshKey(label, wish, work));
    }),
};
