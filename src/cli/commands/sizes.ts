import type { Size } from '../../services/digitalocean/api.js';
import type { SizeAnswer } from '../answers/cloud.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'sizes',
  summary: 'List the droplet sizes for a server, with prices and regions',
  options: { region: { value: 'REGION', summary: 'Only the sizes that this region offers' } },
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).SIZE },
  examples: ['sizes', 'sizes --region lon1', 'sizes --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listSizes } = await import('../../usecases/sizes.js');
      const { sizeTable } = await import('../../words/regions.js');
      const sizes = await listSizes(call.options['region'], work);
      const lines = sizes.length === 0 ? ['No sizes.'] : [sizeTable(sizes)];
      return { json: sizes.map(sizeAnswer), lines };
    }),
};

function sizeAnswer(size: Size): SizeAnswer {
  const { slug, memoryMb, vcpus, diskGb, priceMonthlyUsd, regions } = size;
  return { slug, memoryMb, vcpus, diskGb, monthlyUsd: priceMonthlyUsd, regions: [...regions] };
}
