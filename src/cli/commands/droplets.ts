import type { DropletList, ListedDroplet } from '../../usecases/list-droplets.js';
import type { Table } from '../../words/formats.js';
import type { DropletAnswer } from '../answers/cloud.js';
import { PortlamaError } from '../../core/errors.js';
import { unaskedLine, unaskedTodo } from '../../words/accounts.js';
import { errorAnswer } from '../answer.js';
import type { ErrorAnswer } from '../answers/error.js';
import { EXIT } from '../exit-codes.js';
import { perform } from '../work.js';
import type { Call, Command } from './command.js';

export const command: Command = {
  usage: 'droplets',
  alias: 'list',
  formerly: 'strays',
  summary: 'List all droplets of Portlama in the account, and mark unlisted ones',
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).DROPLET },
  examples: ['droplets', 'droplets --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listDroplets } = await import('../../usecases/list-droplets.js');
      const list = await listDroplets(work);
      // Part of the accounts is no answer to rely on.
      const isWhole = (list.unasked ?? []).length === 0;
      return {
        json: [
          ...list.droplets.map(dropletAnswer),
          ...(isWhole ? [] : [unaskedAnswer(call, list)]),
        ],
        lines: await listLines(call, list),
        exitCode: isWhole ? EXIT.done : EXIT.failed,
      };
    }),
};

/** Accounts that could not be asked, as the error that the lines of the others end with. */
function unaskedAnswer({ world }: Call, { unasked = [] }: DropletList): ErrorAnswer {
  const message = unasked.map(unaskedLine).join(' ');
  const hint = unasked.flatMap(unaskedTodo);
  return errorAnswer(
    new PortlamaError({ code: 'accounts-unasked', message, hint }),
    world.settings,
  );
}

function dropletAnswer({ droplet, server, operation, unlisted }: ListedDroplet): DropletAnswer {
  const { id, name, status, regionSlug, sizeSlug, publicIpv4, priceMonthlyUsd } = droplet;
  const { createdAt, account } = droplet;
  return {
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
    account: account ?? null,
  };
}

async function listLines({ world }: Call, list: DropletList): Promise<readonly (string | Table)[]> {
  const { dropletTable } = await import('../../words/droplets.js');
  const { adviceLines, reportAdvice } = await import('../../usecases/advice.js');
  const rows = list.droplets.map((listed) => ({
    droplet: listed.droplet,
    owner: ownerText(listed),
  }));
  const table = rows.length === 0 ? ['No droplets.'] : [dropletTable(rows)];
  const { forgottenAdvice } = await import('../../usecases/forgotten.js');
  const managed = new Set(list.droplets.map(({ droplet }) => droplet.id));
  const advices = [...reportAdvice(list), ...forgottenAdvice(list.forgotten, managed)];
  return [...table, ...advices.flatMap((advice) => adviceLines(advice, world.settings))];
}

function ownerText({ server, operation }: ListedDroplet): string {
  if (server !== undefined) return server;
  return operation === undefined ? 'unlisted' : `provisioning ${operation}`;
}
