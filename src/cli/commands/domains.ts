import type { DomainAnswer } from '../answers/cloud.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'domains',
  summary: 'List the domains of the account, for --do-domain; needs the scope domain:read',
  json: { form: 'lines', model: async () => (await import('../answers/cloud.js')).DOMAIN },
  examples: ['domains', 'domains --json'],
  run: (call) =>
    perform(call, async (work) => {
      const { openApi } = await import('../../usecases/token.js');
      const domains = await (await openApi(work)).listDomains(work.signal);
      const json = domains.map(({ name, ttl = null }): DomainAnswer => ({ name, ttl }));
      return { json, lines: domains.length === 0 ? ['No domains.'] : json.map(({ name }) => name) };
    }),
};
