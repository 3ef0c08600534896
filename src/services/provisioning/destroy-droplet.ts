import type { Clock } from '../../core/time.js';
import { ApiError } from '../digitalocean/api-error.js';
import type { DigitalOceanApi, Droplet } from '../digitalocean/api.js';
import { deleteSurely } from './delete-surely.js';
import { ProvisioningError } from './errors.js';
import { poll } from './poll.js';
import type { Timing } from './timing.js';

const REPEAT_DELETE_SHARE = 0.1;

export interface DestroyOptions {
  readonly api: DigitalOceanApi;
  readonly clock: Clock;
  readonly timing: Timing;
  /** All of them must be on the droplet, or it is not touched. */
  readonly requiredTags: readonly string[];
  /** The droplet was created so recently that a 404 may only mean "not readable yet" until then (monotonic clock). */
  readonly mayAppearUntil?: number | undefined;
  /** Told what it waits for, as long as it does; the same is said again after every look. */
  readonly onWaiting?: OnWaiting | undefined;
  readonly signal: AbortSignal;
}

export type OnWaiting = (text: string) => Promise<void> | void;

const WAITS = {
  invisible: (id: number) => `DigitalOcean does not show droplet ${id} yet; looking again`,
  untagged: (id: number) => `droplet ${id} does not show its tags yet; looking again`,
  new: (id: number) => `droplet ${id} is still being created; deleting it has to wait`,
  deleting: (id: number) => `waiting until droplet ${id} is gone`,
};

/**
 * Destroys a droplet and waits until it is really gone. `absent` when it did not exist any more.
 * Rejects with `droplet-not-ours` when a required tag is missing, `droplet-still-there` when it does not go away.
 */
export async function destroyDroplet(
  id: number,
  options: DestroyOptions,
): Promise<'removed' | 'absent'> {
  const droplet = await findVisible(id, options);
  if (droplet === undefined) return 'absent';
  await requireTags(droplet, options);
  await waitUntilNotNew(id, options);
  await deleteUntilGone(id, options);
  return 'removed';
}

async function findVisible(id: number, options: DestroyOptions): Promise<Droplet | undefined> {
  const { api, clock, timing, signal, mayAppearUntil } = options;
  const timeoutMs = Math.max(0, (mayAppearUntil ?? 0) - clock.monotonic());
  return await poll(
    async () => {
      const droplet = await api.getDroplet(id, signal);
      if (droplet === undefined && timeoutMs > 0) await options.onWaiting?.(WAITS.invisible(id));
      return droplet;
    },
    { clock, timeoutMs, minPollMs: timing.minPollMs, signal },
  );
}

/** Tags come onto a new droplet a moment after it was created, so a missing one is looked for again. */
async function requireTags(droplet: Droplet, options: DestroyOptions): Promise<void> {
  const { api, clock, timing, signal, requiredTags, mayAppearUntil } = options;
  const timeoutMs = Math.max(0, (mayAppearUntil ?? 0) - clock.monotonic());
  let current: Droplet | undefined = droplet;
  const missing = (): string[] => requiredTags.filter((tag) => !current?.tags.includes(tag));
  const complete = await poll(
    async () => {
      if (missing().length === 0) return true;
      current = await api.getDroplet(droplet.id, signal);
      if (missing().length === 0) return true;
      if (timeoutMs > 0) await options.onWaiting?.(WAITS.untagged(droplet.id));
      return undefined;
    },
    { clock, timeoutMs, minPollMs: timing.minPollMs, signal },
  );
  if (complete) return;
  throw new ProvisioningError({
    code: 'droplet-not-ours',
    message: `Droplet ${droplet.id} (${droplet.name}) does not carry the tag ${missing().join(', ')}, so it is not destroyed.`,
    hint: 'If it is yours to delete, delete it in the DigitalOcean console, then remove the server here.',
  });
}

/** Deleting a droplet that is still being created was seen to be lost (CONTRACT.md, droplet lifecycle). */
async function waitUntilNotNew(id: number, options: DestroyOptions): Promise<void> {
  const { api, clock, timing, signal } = options;
  await poll(
    async () => {
      const droplet = await api.getDroplet(id, signal);
      if (droplet?.status !== 'new') return true;
      await options.onWaiting?.(WAITS.new(id));
      return undefined;
    },
    { clock, timeoutMs: timing.visibleMs, minPollMs: timing.minPollMs, signal },
  );
}

/** A 204 is a promise, not a fact: asks again while the droplet can still be read. */
async function deleteUntilGone(id: number, options: DestroyOptions): Promise<void> {
  const { api, clock, timing, signal } = options;
  const repeatMs = timing.destroyMs * REPEAT_DELETE_SHARE;
  let askedAt = Number.NEGATIVE_INFINITY;
  const gone = await poll(
    async () => {
      if (clock.monotonic() - askedAt >= repeatMs) {
        askedAt = clock.monotonic();
        if ((await deleteUnlessBusy(id, options)) === 'absent') return true;
      }
      if ((await api.getDroplet(id, signal)) === undefined) return true;
      await options.onWaiting?.(WAITS.deleting(id));
      return undefined;
    },
    { clock, timeoutMs: timing.destroyMs, minPollMs: timing.minPollMs, signal },
  );
  if (gone) return;
  throw new ProvisioningError({
    code: 'droplet-still-there',
    message: `DigitalOcean accepted the deletion of droplet ${id}, but it is still there.`,
    hint: 'Look at it in the DigitalOcean console and delete it there if it stays.',
    retryable: true,
  });
}

/** Undefined when something else is going on with the droplet: it can be deleted later. */
async function deleteUnlessBusy(
  id: number,
  { api, signal }: DestroyOptions,
): Promise<'removed' | 'absent' | undefined> {
  try {
    return await deleteSurely(
      () => api.deleteDroplet(id, signal),
      () => api.getDroplet(id, signal),
    );
  } catch (error) {
    if (error instanceof ApiError && error.code === 'pending-event') return undefined;
    throw error;
  }
}
