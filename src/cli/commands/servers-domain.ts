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
    'servers domain lab --domain lab.example.com',
    'servers domain lab --do-domain example.com --do-subdomain lab',
  ],
  run: (call) =>
    performOrPlan(call, async (work) => {
      const { setServerDomain } = await import('../../usecases/server-domain.js');
      const done = await setServerDomain(call.args['LABEL']!, domainInput(call), work);
      return { json: { ...done, server: entryAnswer(done.server) } };
    }),
};
