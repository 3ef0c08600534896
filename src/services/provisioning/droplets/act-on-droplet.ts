import { dropletPage, SUPPORT_PAGE } from '../../../core/product.js';
import type { Clock } from '../../../core/time.js';
import { ApiError } from '../../digitalocean/api-error.js';
import type {
  ActionRequest,
  DigitalOceanApi,
  Droplet,
  DropletAction,
} from '../../digitalocean/api.js';
import { ProvisioningError } from '../errors.js';
import { poll, type Timing } from '../timing.js';
import type { OnWaiting } from './destroy-droplet.js';

export interface ActOptions {
  readonly api: DigitalOceanApi;
  readonly clock: Clock;
  readonly timing: Timing;
  /** All of them must be on the droplet, or it is not touched. */
  readonly requiredTags: readonly string[];
  readonly onWaiting?: OnWaiting | undefined;
  readonly signal: AbortSignal;
}

/** States that an action ends in, where it is more than the action's own end. */
const ENDS_IN: Readonly<Partial<Record<ActionRequest['type'], Droplet['status']>>> = {
  power_on: 'active',
  power_off: 'off',
  shutdown: 'off',
  reboot: 'active',
  power_cycle: 'active',
};

/**
 * Does something to a droplet, and follows it to its end. Looks for the required tags right before each request; sends
 * it once, whatever becomes of its answer. Resolves to the droplet as it is then. Rejects with `droplet-absent`,
 * `droplet-not-ours`, `droplet-locked`, `action-failed`, `action-slow`, `action-unconfirmed`, and `shutdown-ignored`
 * when the droplet stays on.
 */
export async function actOnDroplet(
  id: number,
  request: ActionRequest,
  options: ActOptions,
): Promise<Droplet> {
  const { api, signal } = options;
  await requireOurs(id, options);
  const known = new Set((await api.listDropletActions(id, signal))?.map((action) => action.id));
  const action = await begin(id, request, known, options);
  await follow(id, action, options);
  return await awaitState(id, request, options);
}

/** The droplet as it is now, if it may be touched. */
async function requireOurs(id: number, options: ActOptions): Promise<Droplet> {
  const droplet = await options.api.getDroplet(id, options.signal);
  if (droplet === undefined) throw absent(id);
  const missing = options.requiredTags.filter((tag) => !droplet.tags.includes(tag));
  if (missing.length > 0) throw notOurs(droplet, missing);
  if (droplet.locked === true) throw locked(droplet);
  return droplet;
}

/** Sends the request; waits while something else is under way with the droplet. */
async function begin(
  id: number,
  request: ActionRequest,
  known: ReadonlySet<number>,
  options: ActOptions,
): Promise<DropletAction> {
  const { api, clock, timing, signal, onWaiting } = options;
  const check = async (): Promise<void> => void (await requireOurs(id, options));
  let busy: ApiError | undefined;
  const action = await poll(
    async () => {
      try {
        return await api.actOnDroplet(id, request, check, signal);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 'answer-lost')
          return await findBegun(id, request, known, error, options);
        if (error.code !== 'pending-event') throw error;
        busy = error;
        await onWaiting?.(`droplet ${id} is busy with something else`);
        return undefined;
      }
    },
    { clock, timeoutMs: timing.visibleMs, minPollMs: timing.minPollMs, signal },
  );
  if (action !== undefined) return action;
  throw busy!;
}

/** The action that a request began whose answer was lost. Another request could do it twice. */
async function findBegun(
  id: number,
  { type }: ActionRequest,
  known: ReadonlySet<number>,
  lost: ApiError,
  { api, clock, timing, signal, onWaiting }: ActOptions,
): Promise<DropletAction> {
  const isIt = (action: DropletAction): boolean => action.type === type && !known.has(action.id);
  const found = await poll(
    async () => {
      await onWaiting?.(`checking whether the ${words(type)} of droplet ${id} has begun`);
      return (await api.listDropletActions(id, signal))?.find(isIt);
    },
    { clock, timeoutMs: timing.visibleMs, minPollMs: timing.minPollMs, signal },
  );
  if (found !== undefined) return found;
  throw new ProvisioningError({
    code: 'action-unconfirmed',
    message: `DigitalOcean did not confirm the ${words(type)} of droplet ${id}, and shows none: ${lost.reason}.`,
    hint: 'The request was sent once. Check the droplet’s state before you repeat it.',
    cause: lost,
  });
}

async function follow(id: number, action: DropletAction, options: ActOptions): Promise<void> {
  const { api, clock, timing, signal, onWaiting } = options;
  const { type } = action;
  let { status } = action;
  const timeoutMs = type === 'resize' ? timing.resizeMs : timing.actionMs;
  await poll(
    async () => {
      if (status !== 'in-progress') return true;
      await onWaiting?.(`waiting for the ${words(type)} of droplet ${id}`);
      status = (await api.getDropletAction(id, action.id, signal))?.status ?? 'in-progress';
      return status === 'in-progress' ? undefined : true;
    },
    { clock, timeoutMs, minPollMs: timing.minPollMs, signal, outageMs: timing.outageMs },
  );
  if (status === 'completed') return;
  throw status === 'errored' ? failed(id, type) : slow(id, type);
}

/** Reads lag, and a shutdown only asks the system to end: the state itself is waited for. */
async function awaitState(
  id: number,
  { type }: ActionRequest,
  options: ActOptions,
): Promise<Droplet> {
  const { api, clock, timing, signal, onWaiting } = options;
  const wanted = ENDS_IN[type];
  let seen: Droplet | undefined;
  const there = await poll(
    async () => {
      seen = await api.getDroplet(id, signal);
      if (seen === undefined || wanted === undefined || seen.status === wanted) return true;
      await onWaiting?.(`waiting until droplet ${id} is ${wanted === 'off' ? 'off' : 'on'}`);
      return undefined;
    },
    {
      clock,
      timeoutMs: timing.shutdownMs,
      minPollMs: timing.minPollMs,
      signal,
      outageMs: timing.outageMs,
    },
  );
  if (seen === undefined) throw absent(id);
  if (there === true) return seen;
  throw type === 'shutdown' ? ignored(seen) : slow(id, type);
}

/** `power_cycle` as a noun: `power cycle`. */
function words(type: string): string {
  return type.replaceAll('_', ' ');
}

function absent(id: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-absent',
    message: `There is no droplet ${id} in this account.`,
    hint: { command: 'droplets' },
  });
}

function notOurs({ id, name }: Droplet, missing: readonly string[]): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-not-ours',
    message: `Droplet ${id} (${name}) does not have the tag ${missing.join(', ')}, so it is not touched.`,
    hint: 'If it is yours, do it in the DigitalOcean console.',
  });
}

function locked({ id, name }: Droplet): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-locked',
    message: `DigitalOcean has locked droplet ${id} (${name}), so it accepts no actions.`,
    hint: `Ask DigitalOcean’s support: ${SUPPORT_PAGE}`,
  });
}

function failed(id: number, type: string): ProvisioningError {
  return new ProvisioningError({
    code: 'action-failed',
    message: `DigitalOcean could not finish the ${words(type)} of droplet ${id}.`,
    hint: `Its page says more: ${dropletPage(id)}`,
  });
}

function slow(id: number, type: string): ProvisioningError {
  return new ProvisioningError({
    code: 'action-slow',
    message: `The ${words(type)} of droplet ${id} takes longer than usual and is still under way.`,
    hint: `Its page shows when it has finished: ${dropletPage(id)}`,
  });
}

function ignored({ id, name }: Droplet): ProvisioningError {
  return new ProvisioningError({
    code: 'shutdown-ignored',
    message: `Droplet ${id} (${name}) was asked to shut down, but stays on.`,
    hint: 'Its system may hang. Cutting the power turns it off, like pulling the plug.',
  });
}
