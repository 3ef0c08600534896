import { RECORD_TTL } from '../../../core/domain.js';
import { isAbort, messageOf, PortlamaError } from '../../../core/errors.js';
import {
  type DnsFacts,
  hasRecords,
  makeRecords,
  type NamePlan,
  takeBackRecords,
} from '../../dns/server-records.js';
import type { DigitalOceanApi } from '../../digitalocean/api.js';
import type { RememberedAccount } from '../../registry/server-meta.js';
import { ProvisioningError } from '../errors.js';
import { outputOf, type Step, type StepContext, type StepOutputs } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    /** Field names of the desktop app's protocol (contract: setup_dns). */
    readonly setup_dns: {
      readonly domain: string;
      readonly aRecordCreated?: boolean;
      readonly wildcardCreated?: boolean;
      /** Records that answer for the domain and were left alone. */
      readonly conflictWarning?: string;
      /** Failure of DNS, which does not cost the server. */
      readonly warning?: string;
    };
  }
}

/** Makes the records of the domain that was asked for. A failure leaves the records as they were, and is reported. */
export const step: Step<'setup_dns'> = {
  async run(context, signal) {
    const { domain } = context.request;
    if (domain === undefined) throw new Error('No domain was asked for.');
    const { ip: address } = outputOf(context, 'wait_droplet');
    if (domain.zone === undefined) return await sayRecords(context, domain.name, address);
    const { name, zone, override = false } = domain;
    try {
      const account = await holderOf(context, signal);
      const none = { domain: name, zone, account, address, made: [], replaced: [] };
      return await make(context, context.dns ?? none, override, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      const hint =
        error instanceof PortlamaError && typeof error.hint === 'string' ? ` ${error.hint}` : '';
      const warning = `DNS setup failed: ${messageOf(error)}${hint}`;
      await context.log(`warning: ${warning} The server is not affected.`);
      return { domain: domain.name, warning };
    }
  },

  undo(context) {
    const { domain } = context.request;
    const { dns } = context;
    if (domain?.zone === undefined) return [];
    return [
      {
        resource: {
          kind: 'dns-records',
          id: domain.name,
          monthlyUsd: 0,
          removeBy: `Delete the A records of ${domain.name} and *.${domain.name} in the DigitalOcean console, under Networking, Domains.`,
        },
        async remove(signal) {
          if (dns === undefined || !hasRecords(dns)) return 'absent';
          return (await takeBack(context, dns, signal)) ? 'removed' : 'absent';
        },
      },
    ];
  },
};

/** Client of the account that has the zone. Throws `dns-token-missing`. */
function dnsApiOf({ ports, request: { domain } }: StepContext): DigitalOceanApi {
  if (domain?.account === undefined) return ports.api;
  if (ports.dnsApi !== undefined) return ports.dnsApi;
  const { account, zone } = domain;
  throw new ProvisioningError({
    code: 'dns-token-missing',
    message: `${zone} is in the account ${account}, and there is no token of that one here.`,
    hint: { lead: 'Store one with', command: 'token.add', id: account },
  });
}

/** The account that has the zone; undefined for the server's own. */
async function holderOf(
  context: StepContext,
  signal: AbortSignal,
): Promise<RememberedAccount | undefined> {
  if (context.request.domain?.account === undefined) return undefined;
  const { email, teamId: team, teamName } = await dnsApiOf(context).getAccount(signal);
  return { email, team, teamName };
}

async function make(
  context: StepContext,
  begun: DnsFacts,
  override: boolean,
  signal: AbortSignal,
): Promise<StepOutputs['setup_dns']> {
  const api = dnsApiOf(context);
  const keep = (facts: DnsFacts): Promise<void> => context.keepDns(facts);
  const { facts, conflicts } = await makeRecords(api, begun, { override, keep, signal });
  const [host, wildcard] = [facts.made, facts.made].map((made, at) =>
    made.some(({ name }) => name.startsWith('*') === (at === 1)),
  );
  for (const { name } of facts.made)
    await context.log(`A record ${name} in ${facts.zone} points to ${facts.address}`);
  for (const conflict of conflicts) await context.log(`warning: ${conflictText(conflict)}`);
  const conflictWarning = conflicts.map(conflictText).join(' ');
  return {
    domain: facts.domain,
    aRecordCreated: host === true,
    wildcardCreated: wildcard === true,
    ...(conflictWarning === '' ? {} : { conflictWarning }),
  };
}

async function sayRecords(
  context: StepContext,
  domain: string,
  address: string,
): Promise<StepOutputs['setup_dns']> {
  await context.log(`${domain} is managed elsewhere. Create these records there:`);
  for (const name of [domain, `*.${domain}`])
    await context.log(`${name} ${RECORD_TTL} IN A ${address}`);
  return { domain };
}

function conflictText({ fullName, conflicts }: NamePlan): string {
  const now = conflicts.map(({ type, data }) => `${type} ${data}`).join(', ');
  return `${fullName} was not changed: it points to ${now}.`;
}

/** True when something was changed. A record that holds something else by now is named, and stays. */
async function takeBack(
  context: StepContext,
  dns: DnsFacts,
  signal: AbortSignal,
): Promise<boolean> {
  const done = await takeBackRecords(dnsApiOf(context), dns, { restore: true, signal });
  for (const { name, type, data } of done.changed)
    await context.log(
      `record ${name} in ${dns.zone} was changed since to ${type} ${data}, and stays`,
    );
  for (const { name, type, data } of done.restored)
    await context.log(`record ${name} in ${dns.zone} is ${type} ${data} again`);
  return done.removed.length + done.restored.length > 0;
}
