import type { World } from '../../main/world.js';
import type { Work } from '../../usecases/work.js';
import { type Answer, entryAnswer } from '../answer.js';
import { passwordLines } from '../../words/onboarding.js';
import { scanLines } from '../../words/qr-lines.js';
import type { DomainInput } from '../../usecases/server-domain.js';
import { perform } from '../work.js';
import type { Command } from './command.js';
import { DOMAIN_OPTIONS, domainInput } from './domain-options.js';

export const command: Command = {
  usage: 'servers onboard LABEL',
  movesPasswords: true,
  summary: 'Set up the panel’s domain: DNS, certificates, login; resumes where it stopped',
  options: {
    ...DOMAIN_OPTIONS,
    domain: {
      value: 'DOMAIN',
      summary: 'Domain, which is final: the panel will be at panel.DOMAIN',
    },
    email: { value: 'EMAIL', summary: 'E-mail address for Let’s Encrypt' },
    yes: {
      value: 'DOMAIN',
      summary:
        'Confirm a typed domain, or records to replace, by the domain; new-password sets a new login password',
    },
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).ONBOARDED },
  examples: [
    'servers onboard lab --domain lab.example.com --email ops@example.com',
    'servers onboard lab --do-domain example.com --do-subdomain lab --email ops@example.com',
  ],
  run: (call) =>
    perform(call, async (work) => {
      return await onboard(call.args['LABEL']!, domainInput(call), call.world, work);
    }),
};

/** Sets a server up, and answers with its login, which is shown once. */
export async function onboard(
  label: string,
  input: DomainInput,
  { settings }: Pick<World, 'settings'>,
  work: Work,
): Promise<Answer> {
  const { onboardServer } = await import('../../usecases/onboard-server.js');
  const done = await onboardServer(label, input, work);
  const { server, domain, username, password, totpUri } = done;
  const store = { title: work.keystore.title, isMemory: work.keystore.kind === 'session' };
  const lines = [
    `${server.label} is set up: https://panel.${domain}`,
    ...passwordLines(done, domain, store),
  ];
  if (totpUri !== undefined) lines.push(...(await scanLines(totpUri, settings)));
  return { json: { server: entryAnswer(server), domain, username, password, totpUri }, lines };
}
