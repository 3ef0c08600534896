import { ProvisioningError } from '../../services/provisioning/errors.js';
import { dropletIdOf } from '../../services/registry/droplet-id.js';
import { forgetServer } from '../../services/registry/forget-server.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { findServer, isCloudServer, missingDroplet } from '../server-rows.js';
import type { ActionContext } from './context.js';
import { openApi, requireToken } from './credentials.js';
import { compareAgain } from './strays.js';

/** Asks first: a cloud server is destroyed, one that was added by hand is only taken off the list. */
export function askToDestroy(context: ActionContext, id: string): void {
  const { store, ports, messages } = context;
  const { offer } = ports.environment;
  const server = findServer(store.state, id);
  if (server === undefined) return;
  if (missingDroplet(store.state, id) === 'gone') {
    askToForgetGone(context, server);
    return;
  }
  if (!isCloudServer(server)) {
    askToRemove(context, id);
    return;
  }
  messages.dialog({
    kind: 'question',
    title: `Destroy ${server.label}?`,
    lines: [
      `Droplet ${server.providerId} at ${server.ip} and all data on it are deleted. This cannot be undone.`,
      `${keptHere(server)} deleted too. It stops costing $${offer.monthlyUsd}/month.`,
    ],
    yes: 'Destroy',
    no: 'No',
    danger: true,
    typed: server.label,
    subject: id,
    onYes: () => destroyServer(context, id),
  });
}

/** Asks whether a server is only taken off the list, whatever becomes of the machine. */
function askToRemove(context: ActionContext, id: string): void {
  const { store, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return;
  const costs = isCloudServer(server)
    ? [`Droplet ${server.providerId} goes on costing money until it is destroyed at DigitalOcean.`]
    : [];
  messages.dialog({
    kind: 'question',
    title: `Remove ${server.label} from the list?`,
    lines: [
      'The server itself is not touched and keeps running.',
      ...costs,
      `${keptHere(server)} deleted.`,
    ],
    yes: 'Remove',
    no: 'No',
    danger: true,
    typed: undefined,
    subject: id,
    onYes: () => removeServer(context, id),
  });
}

function askToForgetGone(context: ActionContext, server: ServerEntry): void {
  const { store, messages } = context;
  const { accountEmail } = store.state;
  const account =
    accountEmail === undefined ? 'the token’s account' : `the account of ${accountEmail}`;
  messages.dialog({
    kind: 'question',
    title: `Remove ${server.label} from the list?`,
    lines: [
      `Droplet ${server.providerId} is not in ${account} any more: there is nothing to destroy.`,
      `${keptHere(server)} deleted.`,
      'If the server is in another account than the token, say No: it goes on there, and its certificate is needed.',
    ],
    yes: 'Remove',
    no: 'No',
    danger: true,
    typed: undefined,
    subject: server.id,
    onYes: () => forgetGoneServer(context, server.id),
  });
}

/** The droplet first, and only when it is really gone all that this machine knows of it. */
function destroyServer(context: ActionContext, id: string): Promise<void> {
  const { store, ports, run, messages, signal } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return notInTheList(context);
  const options = {
    title: `Destroying ${server.label}`,
    failure: `${server.label} was not destroyed`,
    // A token that is lost, or a tag that was taken away, must not keep an entry for ever.
    waysOut: [{ label: 'Remove from the list only', run: () => askToRemove(context, id) }],
    subject: id,
    keepsOpen: true,
    once: `destroy ${id}`,
  };
  return run(options, async (handle) => {
    const dropletId = requireDropletId(server);
    const api = openApi(context, await requireToken(context), handle);
    const outcome = await ports.destroyDroplet(api, dropletId, signal, (text) =>
      handle.waiting(text),
    );
    if (outcome === 'absent' && mayBeElsewhere(context, server)) {
      askToForgetGone(context, server);
      return;
    }
    store.dispatch({ type: 'droplet-ended', dropletId });
    // From here on it is destroyed, whatever goes wrong with what is kept here.
    const rest = {
      title: `Removing ${server.label}`,
      failure: `${server.label} is destroyed, but not all that was kept for it here is removed`,
      subject: id,
    };
    await run(rest, async () => {
      await forget(context, server);
      messages.toast(
        'ok',
        outcome === 'removed'
          ? `${server.label} is destroyed: droplet ${dropletId} is gone.`
          : offTheListText(server),
      );
    });
    void compareAgain(context);
  });
}

/** Takes a server off the list whose droplet is gone, once it was looked for again. */
function forgetGoneServer(context: ActionContext, id: string): Promise<void> {
  const { store, run, messages, signal } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return notInTheList(context);
  const failure = `${server.label} was not removed`;
  return run({ title: `Removing ${server.label}`, subject: id, failure }, async (handle) => {
    const api = openApi(context, await requireToken(context), handle);
    const dropletId = requireDropletId(server);
    if ((await api.getDroplet(dropletId, signal)) !== undefined) throw existsAfterAll(server);
    await forget(context, server);
    messages.toast('ok', offTheListText(server));
    void compareAgain(context);
  });
}

/** What is kept on this machine, as the beginning of a sentence. */
function keptHere({ p12Path, authMethod }: ServerEntry): string {
  const hasCertificate = p12Path !== undefined || authMethod === 'keychain';
  return hasCertificate
    ? 'Its entry, certificate and password on this machine are'
    : 'Its entry on this machine is';
}

/** Another program was faster than the answer to a question. */
function notInTheList({ messages }: ActionContext): Promise<void> {
  messages.toast('warn', 'It is not in the list any more: nothing was done.');
  return Promise.resolve();
}

/**
 * Of a droplet that is not in the token's account: whether it may go on in another one, so that its certificate must
 * not be deleted unasked. Rejects when its panel answers: then it does.
 */
function mayBeElsewhere({ store }: ActionContext, { id, label }: ServerEntry): boolean {
  const state = store.state.health.get(id)?.health.state;
  if (state !== 'online') return state !== 'offline';
  throw new ProvisioningError({
    code: 'droplet-elsewhere',
    message: `The panel of ${label} answers, but its droplet is not in the account of this token.`,
    hint: 'Use the token of its own account: n, then the first step.',
  });
}

function offTheListText({ label, providerId }: ServerEntry): string {
  return `${label} is off the list: droplet ${providerId} was gone already.`;
}

function existsAfterAll({ label, providerId }: ServerEntry): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-exists',
    message: `Droplet ${providerId} exists after all, so ${label} stays in the list.`,
    hint: 'Press r to compare again; then d destroys it.',
  });
}

/** Takes a server off the list; the machine is not touched. */
function removeServer(context: ActionContext, id: string): Promise<void> {
  const { store, run, messages } = context;
  const server = findServer(store.state, id);
  if (server === undefined) return notInTheList(context);
  const failure = `${server.label} was not removed`;
  return run({ title: `Removing ${server.label}`, subject: id, failure }, async () => {
    await forget(context, server);
    messages.toast('ok', `${server.label} is off the list; the server keeps running.`);
  });
}

async function forget({ store, ports }: ActionContext, server: ServerEntry): Promise<void> {
  await forgetServer(server, ports);
  store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
}

function requireDropletId(server: ServerEntry): number {
  const id = dropletIdOf(server);
  if (id !== undefined) return id;
  throw new ProvisioningError({
    code: 'droplet-id-invalid',
    message: `servers.json names no valid droplet for ${server.label}.`,
    hint: 'Delete the droplet in the DigitalOcean console, if there is one.',
  });
}
