import { NAME_PREFIX } from '../../core/product.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { DOMAIN_OPTIONS, domainInput } from './domain-options.js';
import { EVENTS } from './operations.js';

export const command: Command = {
  usage: 'provision',
  movesPasswords: true,
  summary: 'Create a server; report as text or NDJSON',
  options: {
    region: { value: 'REGION', summary: 'Region slug, for example fra1' },
    size: { value: 'SIZE', summary: 'Size slug, as listed by sizes; the cheapest one without it' },
    label: { value: 'LABEL', summary: `Label of the server; ${NAME_PREFIX}REGION without it` },
    ...DOMAIN_OPTIONS,
    foreground: { summary: 'A signal cancels it, and waits for the clean-up' },
  },
  json: EVENTS,
  examples: [
    'provision --region fra1',
    'provision --region lon1 --size s-1vcpu-1gb',
    'provision --region nyc3 --label edge --json',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const [{ startAndFollow }, { createServer }] = await Promise.all([
        import('../follow.js'),
        import('../../usecases/create-server.js'),
      ]);
      const { region, label, size } = call.options;
      const options = {
        format: call.switches.has('json') ? 'json' : 'plain',
        ...(call.switches.has('foreground') ? { foreground: true } : {}),
      } as const;
      return await startAndFollow(call.world, options, work, (held) =>
        createServer({ region, label, size, domain: domainInput(call) }, held),
      );
    }),
};
