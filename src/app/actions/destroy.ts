import { ProvisioningError } from '../../services/provisioning/errors.js';
import { p12PasswordKey } from '../../services/keystore/keystore.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { findServer, isCloudServer } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { openApi, requireToken } from './credentials.js';

/** Asks first: a cloud server is destroyed, one that was added by hand is only taken off the list. */
export function askToDestroy({ store, ports, messages }: ActionContext, id: string): void {
  const { offer } = ports.environment;
  const server = findServer(store.state, id);
  if (server === undefined) return;
  if (!isCloudServer(server)) {
    messages.dialog({
      kind: 'question',
      title: `Remove ${server.label} from the list?`,
      lines: [
        'The server itself is not touched and keeps running.',
        'Its certificate and password on this machine are deleted.',
      ],
      yes: 'Remove',
      no: 'No',
      danger: true,
      typed: undefined,
      intent: { kind: 'remove-server', serverId: id },
    });
    return;
  }
  messages.dialog({
    kind: 'question',
    title: `Destroy ${server.label}?`,
    lines: [
      `Droplet ${server.providerId} at ${server.ip} and all data on it are deleted. This cannot be undone.`,
      `Its entry, certificate and password here are deleted too. It stops costing $${offer.monthlyUsd}/month.`,
    ],
    yes: 'Destroy',
    no: 'No',
    danger: true,
    typed: server.label,
    intent: { kind: 'destroy-server', serverId: id },
  });
}

/** The droplet first, and only when it is really gone all that this machine knows of it. */
export function destroyServer(context: ActionContext, id: string): Promise<void> {
  const { store, ports, run, messages, signal } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return Promise.resolve();
  const options = {
    title: `Destroying ${server.label}`,
    failure: `${server.label} was not destroyed`,
    subject: id,
    keepsOpen: true,
  };
  return run(options, async (handle) => {
    const dropletId = requireDropletId(server);
    const api = openApi(context, await requireToken(context), handle);
    handle.waiting(`waiting until droplet ${dropletId} is gone`);
    const outcome = await ports.destroyDroplet(api, dropletId, signal);
    await forgetServer(context, server);
    messages.toast(
      'ok',
      outcome === 'removed'
        ? `${server.label} is destroyed: droplet ${dropletId} is gone.`
        : `${server.label} is off the list: droplet ${dropletId} was gone already.`,
    );
  });
}

/** Takes a server off the list; the machine is not touched. */
export function removeServer(context: ActionContext, id: string): Promise<void> {
  const { store, run, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return Promise.resolve();
  const failure = `${server.label} was not removed`;
  return run({ title: `Removing ${server.label}`, subject: id, failure }, async () => {
    await forgetServer(context, server);
    messages.toast('ok', `${server.label} is off the list; the server keeps running.`);
  });
}

async function forgetServer({ store, ports }: ActionContext, server: ServerEntry): Promise<void> {
  // First: by the files it is known which one it is, and a keychain that is locked keeps all the rest.
  await ports.removeIdentity(server);
  await ports.registry.remove(server.id);
  store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
  await ports.removeServerFiles(server.id);
  await ports.keystore.delete(p12PasswordKey(server.id));
}

function requireDropletId(server: ServerEntry): number {
  const id = Number(server.providerId);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new ProvisioningError({
    code: 'droplet-id-invalid',
    message: `servers.json names no valid droplet for ${server.label}.`,
    hint: 'Delete the droplet in the DigitalOcean console, if there is one.',
  });
}
