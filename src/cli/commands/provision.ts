import { NAME_PREFIX } from '../../core/product.js';
import type { RequestedSshKey } from '../../services/provisioning/journal/records.js';
import type { Work } from '../../usecases/work.js';
import type { Answer } from '../answer.js';
import { performOrPlan } from '../dry-run.js';
import { EXIT } from '../exit-codes.js';
import { type Call, type Command, DRY_RUN_OPTION } from './command.js';
import { DOMAIN_OPTIONS, domainInput } from './domain-options.js';
import { EVENTS } from './operations.js';

export const command: Command = {
  usage: 'provision',
  movesPasswords: true,
  summary: 'Create a server; report as text or NDJSON',
  options: {
    region: { value: 'REGION', summary: 'Region slug, for example fra1' },
    size: { value: 'SIZE', summary: 'Size slug, as listed by sizes; default: the cheapest' },
    label: { value: 'LABEL', summary: `Label of the server; default: ${NAME_PREFIX}REGION` },
    'ssh-key': {
      value: 'KEY',
      summary:
        'Keep your public key on the droplet: FILE, agent, account, github:USER; default: none',
    },
    ...DOMAIN_OPTIONS,
    ...DRY_RUN_OPTION,
    foreground: { summary: 'Cancel on a signal, and wait for the clean-up' },
  },
  json: EVENTS,
  examples: [
    'provision --region fra1',
    'provision --region lon1 --size s-1vcpu-1gb',
    'provision --region fra1 --ssh-key ~/.ssh/id_ed25519.pub',
    'provision --region nyc3 --label edge --json',
    'provision --region fra1 --domain lab.example.com --email ops@example.com',
    'provision --region fra1 --dry-run',
  ],
  run: (call) =>
    performOrPlan(
      call,
      async (work) => {
        const { startAndFollow } = await import('../follow.js');
        const begin = await beginning(call, work);
        let begun = '';
        const options = {
          format: call.switches.has('json') ? 'json' : 'plain',
          ...(call.switches.has('foreground') ? { foreground: true } : {}),
        } as const;
        const code = await startAndFollow(call.world, options, work, async (held) => {
          begun = await begin(held);
          return begun;
        });
        return code === EXIT.done ? ((await setUpAtOnce(begun, call, work)) ?? code) : code;
      },
      async (work) => await (await beginning(call, work))(work),
    ),
};

/** With an e-mail for its certificates as well, the domain is set up right away; a program gets a command for that. */
async function setUpAtOnce(
  operationId: string,
  { world, switches }: Call,
  work: Work,
): Promise<Answer | undefined> {
  const { request, server } = (await work.operations.get(operationId)) ?? {};
  const { name: domain, email } = (request?.kind === undefined && request?.domain) || {};
  if (server === undefined || email === undefined || switches.has('json')) return undefined;
  const { onboard } = await import('./servers-onboard.js');
  return await onboard(server.id, { domain, email }, world, work);
}

/** Asks about the keys first: what begins afterwards is held against signals. */
async function beginning(call: Call, work: Work): Promise<(held: Work) => Promise<string>> {
  const { createServer } = await import('../../usecases/create-server.js');
  const { region, label, size, 'ssh-key': wish } = call.options;
  const sshKeys = wish === undefined ? undefined : await chooseKeys(wish, work);
  const form = { region, label, size, domain: domainInput(call), sshKeys };
  return (held) => createServer(form, held);
}

async function chooseKeys(wish: string, work: Work): Promise<readonly RequestedSshKey[]> {
  const { chooseSshKeys } = await import('../../usecases/ssh-keys.js');
  return await chooseSshKeys(wish, work);
}
