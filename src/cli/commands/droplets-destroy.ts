import { NAME_PREFIX } from '../../core/product.js';
import { performOrPlan } from '../dry-run.js';
import { type Command, DRY_RUN_OPTION, yesOption } from './command.js';
import { dropletIdIn } from './droplet-id.js';

export const command: Command = {
  usage: 'droplets destroy ID',
  formerly: 'strays destroy',
  summary: 'Destroy an unlisted droplet; asks for its name',
  options: { ...DRY_RUN_OPTION, ...yesOption('NAME') },
  json: {
    form: 'object',
    model: async () => (await import('../answers/cloud.js')).DESTROYED_DROPLET,
  },
  examples: ['droplets destroy 312876543', `droplets destroy 312876543 --yes ${NAME_PREFIX}lost`],
  run: (call) =>
    performOrPlan(call, async (work) => {
      const dropletId = dropletIdIn(call);
      const { destroyUnlistedDroplet } = await import('../../usecases/destroy-unlisted-droplet.js');
      return { json: await destroyUnlistedDroplet(dropletId, work) };
    }),
};
