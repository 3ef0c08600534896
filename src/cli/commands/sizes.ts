import type { Size } from '../../services/digitalocean/api.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import { writeText } from '../write.js';
import { type Command, JSON_SWITCH } from './command.js';

export const command: Command = {
  usage: 'sizes',
  summary: 'List the sizes that a server can have, with prices and regions',
  options: {
    region: { value: 'REGION', summary: 'Only the sizes that this region offers' },
    ...JSON_SWITCH,
  },
  examples: ['sizes', 'sizes --region lon1', 'sizes --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listSizes } = await import('../../usecases/sizes.js');
      const sizes = await listSizes(call.options['region'], work);
      if (call.switches.has('json')) return sizes.forEach(writeJson);
      const { sizeTable } = await import('../../words/regions.js');
      const lines = sizes.length === 0 ? ['No sizes.'] : sizeTable(sizes);
      for (const line of lines) say(call.world, line);
    }),
};

function writeJson({ slug, memoryMb, vcpus, diskGb, priceMonthlyUsd, regions }: Size): void {
  const record = { slug, memoryMb, vcpus, diskGb, monthlyUsd: priceMonthlyUsd, regions };
  writeText(process.stdout, `${JSON.stringify(record)}\n`);
}
