import { monthly } from '../../core/price.js';
import { type Droplet, MANAGED_TAG } from '../../services/digitalocean/api.js';
import { ProvisioningError } from '../../services/provisioning/errors.js';
import { findStray, type Stray } from '../../services/provisioning/strays.js';
import { nameToType } from '../../words/droplets.js';
import { findStrayRow, strayRowId } from '../server-rows.js';
import { compareDroplets } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import { openApi, requireKeptToken, requireToken } from './credentials.js';
import { missingCertificateLines } from '../../words/access.js';
import type { RunHandle } from './run.js';

/** Another program may still be setting up a droplet that is younger than this. */
const MAY_BE_IN_WORK_MS = 30 * 60_000;

/** Compares again, when there is a token to ask with. An error is a message and nothing more. */
export async function compareAgain(context: ActionContext): Promise<void> {
  const { store, ports, messages } = context;
  const { tokenOrigin } = store.state.keystore;
  if (tokenOrigin === undefined || tokenOrigin === 'none') return;
  await compareDroplets(
    context,
    // Not one that is being typed: it may be of another account, or refused.
    async () => ports.createApi(await requireKeptToken(context)),
    ({ message }) => messages.toast('warn', `The droplets were not compared: ${message}`),
  );
}

/** Asks first, and says what an entry without a certificate is good for. */
export function askToAdopt(context: ActionContext, rowId: string): void {
  const { store, ports, messages } = context;
  const stray = findStrayRow(store.state, rowId);
  if (stray === undefined) return;
  const { droplet } = stray;
  messages.dialog({
    kind: 'question',
    title: `Adopt ${droplet.name}?`,
    lines: [
      `${whichDroplet(droplet)} gets an entry in servers.json, inactive. Nothing is done to the droplet.`,
      'Its admin certificate does not come with it: it will say “certificate needed” until one is here. Run on the droplet as root, portlama-reset-admin makes a new one; what to do with it is shown next.',
      'If Portlama was never installed on it to the end, there is no panel, and adopting does not help: destroy it instead.',
      ...inWorkLines(droplet, ports.clock.now()),
    ],
    yes: 'Adopt',
    no: 'No',
    danger: false,
    typed: undefined,
    subject: rowId,
    onYes: () => adoptStray(context, droplet.id),
  });
}

/** Takes it into the list, and says how its certificate gets here. */
function adoptStray(context: ActionContext, dropletId: number): Promise<void> {
  const { store, ports, run, messages } = context;
  const shown = findStrayRow(store.state, strayRowId(dropletId));
  if (shown === undefined) return noStray(context);
  const { name } = shown.droplet;
  const options = {
    title: `Adopting ${name}`,
    failure: `${name} was not adopted`,
    subject: strayRowId(dropletId),
  };
  return run(options, async (handle) => {
    const stray = await lookAgain(context, dropletId, handle);
    if (stray === undefined) {
      store.dispatch({ type: 'droplet-ended', dropletId });
      throw doesNotExist(shown.droplet);
    }
    const server = await ports.adoptStray(stray);
    store.dispatch({ type: 'servers-loaded', servers: await ports.registry.list() });
    store.dispatch({ type: 'server-added', serverId: server.id });
    messages.dialog({
      kind: 'message',
      title: `${server.label} is in the list`,
      style: 'ok',
      lines: missingCertificateLines(server),
    });
  });
}

/** Why a stray is not destroyed; undefined when it can be. */
export function whyNotDestroyStray({ droplet }: Stray): string | undefined {
  if (droplet.tags.includes(MANAGED_TAG)) return undefined;
  return `DigitalOcean shows no tag ${MANAGED_TAG} on it, and without it nothing is destroyed.`;
}

/** Asks for the droplet's name to be typed. */
export function askToDestroyStray(context: ActionContext, rowId: string): void {
  const { store, ports, messages } = context;
  const stray = findStrayRow(store.state, rowId);
  if (stray === undefined) return;
  const { droplet } = stray;
  const { priceMonthlyUsd: usd } = droplet;
  messages.dialog({
    kind: 'question',
    title: `Destroy ${droplet.name}?`,
    lines: [
      `${whichDroplet(droplet)} and all data on it are deleted. This cannot be undone.`,
      ...(usd === undefined ? [] : [`It stops costing ${monthly(usd)}.`]),
      'It is in no list here, but it may be in the list of another computer of yours.',
      ...inWorkLines(droplet, ports.clock.now()),
    ],
    yes: 'Destroy',
    no: 'No',
    danger: true,
    typed: nameToType(droplet),
    subject: rowId,
    onYes: () => destroyStray(context, droplet.id),
  });
}

/** Looks at it once more, then destroys it: only with the managed tag. */
async function destroyStray(context: ActionContext, dropletId: number): Promise<void> {
  const { store, ports, run, messages, signal } = context;
  const shown = findStrayRow(store.state, strayRowId(dropletId));
  if (shown === undefined) return await noStray(context);
  const { name } = shown.droplet;
  const options = {
    title: `Destroying ${name}`,
    failure: `Destroying ${name} failed`,
    subject: strayRowId(dropletId),
    keepsOpen: true,
  };
  await run(options, async (handle) => {
    const api = openApi(context, await requireToken(context), handle);
    const stray = await findStray(dropletId, api, ports.registry, ports.operations, signal);
    const outcome =
      stray === undefined
        ? 'absent'
        : await ports.destroyStray(api, stray, signal, (text) => handle.waiting(text));
    store.dispatch({ type: 'droplet-ended', dropletId });
    const words = outcome === 'removed' ? 'is destroyed' : 'was gone already';
    messages.toast('ok', `${name} ${words}: droplet ${dropletId} does not exist any more.`);
  });
  await compareAgain(context);
}

/** Another program was faster than the answer to a question. */
function noStray({ messages }: ActionContext): Promise<void> {
  messages.toast('warn', 'It is no stray any more: nothing was done.');
  return Promise.resolve();
}

/** As it is now: in the meantime another program may have taken it into the list, or its tag may be gone. */
async function lookAgain(
  context: ActionContext,
  dropletId: number,
  handle: RunHandle,
): Promise<Stray | undefined> {
  const { ports, signal } = context;
  const api = openApi(context, await requireToken(context), handle);
  return await findStray(dropletId, api, ports.registry, ports.operations, signal);
}

function whichDroplet({ id, regionSlug, publicIpv4 }: Droplet): string {
  const address = publicIpv4 === undefined ? '' : ` at ${publicIpv4}`;
  return `Droplet ${id} in ${regionSlug}${address}`;
}

function inWorkLines({ createdAt }: Droplet, now: number): readonly string[] {
  const ageMs = now - Date.parse(createdAt);
  if (!(ageMs < MAY_BE_IN_WORK_MS)) return [];
  return ['It is so new that another program may still be setting it up.'];
}

function doesNotExist({ id, name }: Droplet): ProvisioningError {
  return new ProvisioningError({
    code: 'stray-unknown',
    message: `Droplet ${id} (${name}) does not exist in this account any more.`,
  });
}
