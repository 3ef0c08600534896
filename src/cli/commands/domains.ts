import type { DomainAnswer } from '../answers/cloud.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'domains',
  summary: 'List the domains of the accounts, for --do-domain; needs the scope domain:read',
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).DOMAIN },
  examples: ['domains', 'domains --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { listZones } = await import('../../usecases/server-domain.js');
      const domains = await listZones(work);
      const json = domains.map(({ name, ttl = null, account = null }): DomainAnswer => ({
        name,
        ttl,
        account,
      }));
      const lines = json.map(({ name, account }) =>
        account === null ? name : `${name} (account ${account})`,
      );
      return { json, lines: lines.length === 0 ? ['No domains.'] : lines };
    }),
};
