import { passwordLines } from '../../words/onboarding.js';
import { qrLines } from '../../words/qr-lines.js';
import { say } from '../say.js';
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
    yes: { value: 'DOMAIN', summary: 'Confirm a domain that was asked for' },
  },
  examples: ['servers onboard lab --domain lab.example.com --email ops@example.com'],
  run: (call) =>
    perform(call, async (work) => {
      const { world, options, args } = call;
      const { onboardServer } = await import('../../usecases/onboard-server.js');
      const { domain, email } = options;
      const done = await onboardServer(args['LABEL']!, { domain, email }, work);
      const { server, totpUri } = done;
      say(world, `${server.label} is set up: https://panel.${done.domain}`);
      const store = { title: work.keystore.title, isMemory: work.keystore.kind === 'session' };
      for (const line of passwordLines(done, done.domain, store)) say(world, line);
      if (totpUri === undefined) return;
      say(world, 'Scan this with an authenticator app now; it is shown once:');
      for (const line of await qrLines(totpUri, world.settings.ascii)) say(world, line);
      say(world, totpUri);
    }),
};
