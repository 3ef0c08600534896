import type { DropletList, ListedDroplet } from '../../usecases/list-droplets.js';
import { say } from '../say.js';
import { perform } from '../work.js';
import { writeText } from '../write.js';
import { type Call, type Command, JSON_SWITCH } from './command.js';

export const command: Command = {
  usage: 'droplets',
  alias: 'list',
  formerly: 'strays',
  summary: 'List all droplets of Portlama in the account, and mark unlisted ones',
  options: JSON_SWITCH,
  examples: ['droplets', 'droplets --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listDroplets } = await import('../../usecases/list-droplets.js');
      const list = await listDroplets(work);
      if (call.switches.has('json')) list.droplets.forEach(writeJson);
      else await sayList(call, list);
    }),
};

function writeJson({ droplet, server, operation, unlisted }: ListedDroplet): void {
  const { id, name, status, regionSlug, sizeSlug, publicIpv4, priceMonthlyUsd, createdAt } =
    droplet;
  const record = {
    id,
    name,
    status,
    region: regionSlug,
    size: sizeSlug,
    address: publicIpv4 ?? null,
    monthlyUsd: priceMonthlyUsd ?? null,
    createdAt,
    server: server ?? null,
    operation: operation ?? null,
    unlisted,
  };
  writeText(process.stdout, `${JSON.stringify(record)}\n`);
}

async function sayList({ world }: Call, list: DropletList): Promise<void> {
  const { dropletTable } = await import('../../words/droplets.js');
  const { reportLines } = await import('../../usecases/advice.js');
  const rows = list.droplets.map((listed) => ({
    droplet: listed.droplet,
    owner: ownerText(listed),
  }));
  if (rows.length === 0) say(world, 'No droplets.');
  else for (const line of dropletTable(rows)) say(world, line);
  for (const line of reportLines(list, world.settings)) say(world, line);
}

function ownerText({ server, operation }: ListedDroplet): string {
  if (server !== undefined) return server;
  return operation === undefined ? 'unlisted' : `provisioning ${operation}`;
}
