import { entryAnswer } from '../answer.js';
import { passwordLines } from '../../words/onboarding.js';
import { qrLines } from '../../words/qr-lines.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers onboard LABEL',
  movesPasswords: true,
  summary: 'Set up the panel’s domain: DNS, certificates, login; resumes where it stopped',
  options: {
    domain: {
      value: 'DOMAIN',
      summary: 'Domain, which is final: the panel will be at panel.DOMAIN',
    },
    email: { value: 'EMAIL', summary: 'E-mail address for Let’s Encrypt' },
    yes: {
      value: 'DOMAIN',
      summary:
        'Confirm a domain that was asked for; new-password sets a new one where others set it up',
    },
  },
  json: { form: 'object', model: async () => (await import('../answers/servers.js')).ONBOARDED },
  examples: ['servers onboard lab --domain lab.example.com --email ops@example.com'],
  run: (call) =>
    perform(call, async (work) => {
      const { world, options, args } = call;
      const { onboardServer } = await import('../../usecases/onboard-server.js');
      const { domain, email } = options;
      const done = await onboardServer(args['LABEL']!, { domain, email }, work);
      const { server, totpUri } = done;
      const lines = [`${server.label} is set up: https://panel.${done.domain}`];
      const store = { title: work.keystore.title, isMemory: work.keystore.kind === 'session' };
      lines.push(...passwordLines(done, done.domain, store));
      if (totpUri !== undefined)
        lines.push(
          'Scan this with an authenticator app now; it is shown once:',
          ...(await qrLines(totpUri, world.settings.ascii)),
          totpUri,
        );
      const { username, password } = done;
      const json = {
        server: entryAnswer(server),
        domain: done.domain,
        username,
        password,
        totpUri,
      };
      return { json, lines };
    }),
};
