import { hasRecords } from '../../dns/server-records.js';
import { changeServerMeta, type RememberedAccount } from '../../registry/server-meta.js';
import type { ServerEntry } from '../../registry/registry.js';
import { outputOf, type Step, type StepContext } from '../worker/step.js';
import type { ServerSummary } from '../journal/records.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly save_registry: { readonly saved: true };
  }
}

/** The new server becomes the active one. */
export const step: Step<'save_registry'> = {
  async find({ ports, request }) {
    const servers = await ports.registry.list();
    return servers.some(({ id }) => id === request.serverId) ? { saved: true } : undefined;
  },

  async run(context) {
    const { ports, request } = context;
    const dns = context.dns !== undefined && hasRecords(context.dns) ? [context.dns] : undefined;
    const sshKeys = request.sshKeys?.map(({ sha256, file }) => ({ sha256, file }));
    const account = accountOf(context);
    const { name: domain, email } = request.domain ?? {};
    const wish = domain === undefined ? undefined : { domain, email };
    await changeServerMeta(ports.home, request.serverId, { account, dns, sshKeys, wish });
    await ports.registry.save(entryOf(context));
    await context.log(`${request.label} is in ${ports.registry.path}`);
    return { saved: true };
  },

  undo({ ports, request }) {
    return [
      {
        resource: {
          kind: 'server-entry',
          id: request.serverId,
          monthlyUsd: 0,
          removeBy: `Remove the server ${request.label} from the list.`,
        },
        async remove() {
          return (await ports.registry.remove(request.serverId)) ? 'removed' : 'absent';
        },
      },
    ];
  },
};

/** Account that the droplet was made in. */
function accountOf(context: StepContext): RememberedAccount {
  const { email, team, teamName } = outputOf(context, 'validate_token');
  return { email, team: team ?? undefined, teamName: teamName ?? undefined };
}

/** Gives the place of the panel's credential. */
function credentialOf(
  context: StepContext,
): Pick<ServerEntry, 'authMethod' | 'keychainIdentity' | 'p12Path'> {
  const { keychainIdentity } = outputOf(context, 'enroll_admin');
  if (keychainIdentity !== undefined) return { authMethod: 'keychain', keychainIdentity };
  return { authMethod: 'p12', p12Path: outputOf(context, 'retrieve_credentials').p12Path };
}

/** The entry of servers.json as this step writes it. */
export function entryOf(context: StepContext): ServerEntry & ServerSummary {
  const { ports, request } = context;
  return {
    id: request.serverId,
    label: request.label,
    panelUrl: outputOf(context, 'install_portlama').panelUrl,
    ip: outputOf(context, 'wait_droplet').ip,
    provider: 'digitalocean',
    providerId: String(outputOf(context, 'create_droplet').dropletId),
    region: request.region,
    createdAt: new Date(context.begunAt.get('create_droplet') ?? ports.clock.now()).toISOString(),
    active: true,
    ...credentialOf(context),
  };
}
