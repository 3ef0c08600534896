import type { RegionAnswer } from '../answers/cloud.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'regions',
  summary: 'List the regions for a server with their measured latency, fastest first',
  options: { size: { value: 'SIZE', summary: 'Only the regions that offer this size' } },
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).REGION },
  examples: ['regions', 'regions --size s-1vcpu-1gb --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listRegions } = await import('../../usecases/regions.js');
      const { requireSizeSlug } = await import('../../usecases/sizes.js');
      const { regionTable } = await import('../../words/regions.js');
      const { size } = call.options;
      const rows = await listRegions(size === undefined ? undefined : requireSizeSlug(size), work);
      const json = rows.map(([{ slug, name, sizes }, latency]): RegionAnswer => ({
        slug,
        name,
        latencyMs: latency?.state === 'measured' ? latency.medianMs : null,
        sizes: [...sizes],
      }));
      return { json, lines: rows.length === 0 ? ['No regions.'] : [regionTable(rows)] };
    }),
};
