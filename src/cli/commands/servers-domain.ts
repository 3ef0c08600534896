import type { DomainInput, DomainSet } from '../../usecases/server-domain.js';
import type { Work } from '../../usecases/work.js';
import { entryAnswer } from '../answer.js';
import { performOrPlan } from '../dry-run.js';
import { type Command, DRY_RUN_OPTION } from './command.js';
import { DOMAIN_OPTIONS, domainInput } from './domain-options.js';

export const command: Command = {
  usage: 'servers domain LABEL',
  summary: 'Point a domain at a server: create its DNS records, or show them; can be repeated',
  options: { ...DOMAIN_OPTIONS, ...DRY_RUN_OPTION },
  json: {
    form: 'object',
    model: async () => (await import('../answers/servers.js')).SERVER_DOMAIN,
  },
  examples: [
    'servers domain lab',
    'servers domain lab --domain lab.example.com',
    'servers domain lab --do-domain example.com --do-subdomain lab',
  ],
  run: (call) =>
    performOrPlan(call, async (work) => {
      const done = await pointDomain(call.args['LABEL']!, domainInput(call), work);
      return { json: { ...done, server: entryAnswer(done.server) } };
    }),
};

/** Asks for what is not given at all. */
async function pointDomain(label: string, input: DomainInput, work: Work): Promise<DomainSet> {
  const { domain, email, zone, subdomain } = input;
  if ([domain, email, zone, subdomain].every((given) => given === undefined)) {
    const { askServerDomain } = await import('../../usecases/edit-server.js');
    return await askServerDomain(label, work);
  }
  const { setServerDomain } = await import('../../usecases/server-domain.js');
  return await setServerDomain(label, input, work);
}
