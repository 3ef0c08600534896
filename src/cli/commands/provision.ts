import { NAME_PREFIX } from '../../core/product.js';
import type { RequestedSshKey } from '../../services/provisioning/journal/records.js';
import type { Work } from '../../usecases/work.js';
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
    'ssh-key': {
      value: 'KEY',
      summary:
        'Keep this public key of yours on the droplet: FILE, agent, account, github:USER; without it none stays',
    },
    ...DOMAIN_OPTIONS,
    foreground: { summary: 'A signal cancels it, and waits for the clean-up' },
  },
  json: EVENTS,
  examples: [
    'provision --region fra1',
    'provision --region lon1 --size s-1vcpu-1gb',
    'provision --region fra1 --ssh-key ~/.ssh/id_ed25519.pub',
    'provision --region nyc3 --label edge --json',
  ],
  run: (call) =>
    perform(call, async (work) => {
      const [{ startAndFollow }, { createServer }] = await Promise.all([
        import('../follow.js'),
        import('../../usecases/create-server.js'),
      ]);
      const { region, label, size, 'ssh-key': wish } = call.options;
      const sshKeys = wish === undefined ? undefined : await chooseKeys(wish, work);
      const options = {
        format: call.switches.has('json') ? 'json' : 'plain',
        ...(call.switches.has('foreground') ? { foreground: true } : {}),
      } as const;
      return await startAndFollow(call.world, options, work, (held) =>
        createServer({ region, label, size, domain: domainInput(call), sshKeys }, held),
      );
    }),
};

async function chooseKeys(wish: string, work: Work): Promise<readonly RequestedSshKey[]> {
  const { chooseSshKeys } = await import('../../usecases/ssh-keys.js');
  return await chooseSshKeys(wish, work);
}
