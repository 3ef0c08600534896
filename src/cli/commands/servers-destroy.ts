import type { ServerEntry } from '../../services/registry/registry.js';
import type { Answer } from '../answer.js';
import { performOrPlan } from '../dry-run.js';
import { type Command, DRY_RUN_OPTION, yesOption } from './command.js';

export const command: Command = {
  usage: 'servers destroy LABEL...',
  movesPasswords: true,
  summary: 'Destroy a server’s droplet and delete its files on this machine',
  options: { ...DRY_RUN_OPTION, ...yesOption('TEXT') },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).DESTROYED },
  examples: [
    'servers destroy lab',
    'servers destroy lab --yes lab',
    'servers destroy a b c --yes 3',
    'servers destroy lab --dry-run',
  ],
  run: (call) =>
    performOrPlan(call, async (work) => {
      const [label, ...others] = call.rest;
      const { destroyServer } = await import('../../usecases/destroy-server.js');
      if (others.length === 0) return answer([(await destroyServer(label!, work)).server]);
      const { destroyServers } = await import('../../usecases/end-many.js');
      return answer(await destroyServers(call.rest, work));
    }),
};

function answer(servers: readonly ServerEntry[]): Answer {
  const destroyed = servers.map(({ id, label, providerId = '' }) => ({
    id,
    label,
    dropletId: providerId,
  }));
  return { json: { destroyed } };
}
