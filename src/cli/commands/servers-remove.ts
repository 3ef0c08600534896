import type { ServerEntry } from '../../services/registry/registry.js';
import { perform } from '../work.js';
import { type Command, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers remove LABEL...',
  movesPasswords: true,
  summary: 'Remove a server from the list; it keeps running',
  options: yesOption('TEXT'),
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).REMOVED },
  examples: ['servers remove old-box', 'servers remove a b --yes 2'],
  run: (call) =>
    perform(call, async (work) => {
      const [label, ...others] = call.rest;
      const { removeServer } = await import('../../usecases/remove-server.js');
      const many = async (): Promise<readonly ServerEntry[]> =>
        (await import('../../usecases/end-many.js')).removeServers(call.rest, work);
      const servers = others.length === 0 ? [await removeServer(label!, work)] : await many();
      return { json: { removed: servers.map(({ id, label: name }) => ({ id, label: name })) } };
    }),
};
