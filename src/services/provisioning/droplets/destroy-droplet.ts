import type { Clock } from '../../../core/time.js';
import { ApiError } from '../../digitalocean/api-error.js';
import type { DigitalOceanApi, Droplet } from '../../digitalocean/api.js';
import { ProvisioningError } from '../errors.js';
import { poll, type Timing } from '../timing.js';

const REPEAT_DELETE_SHARE = 0.1;

export interface DestroyOptions {
  readonly api: DigitalOceanApi;
  readonly clock: Clock;
  readonly timing: Timing;
  /** All of them must be on the droplet, or it is not touched. */
  readonly requiredTags: readonly string[];
  /** The droplet was created so recently that a 404 may only mean "not readable yet" until then (monotonic clock). */
  readonly mayAppearUntil?: number | undefined;
  /** Called with the reason while waiting; repeated after every look. */
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
 * Rejects with `droplet-not-ours` when a required tag is missing in any look before the deletion is promised,
 * `droplet-still-there` when it does not go away.
 */
export async function destroyDroplet(
  id: number,
  options: DestroyOptions,
): Promise<'removed' | 'absent'> {
  if ((await findOurs(id, options)) === undefined) return 'absent';
  await waitUntilNotNew(id, options);
  await deleteUntilGone(id, options);
  return 'removed';
}

/**
 * The droplet with all its required tags; undefined when it does not exist. A new one may show late, and its tags
 * come a moment later: both are looked for until `mayAppearUntil`. Once its deletion was asked for, one look decides.
 */
async function findOurs(
  id: number,
  options: DestroyOptions,
  isAskedFor = false,
): Promise<Droplet | undefined> {
  const { api, clock, timing, signal, mayAppearUntil = 0 } = options;
  const timeoutMs = isAskedFor ? 0 : Math.max(0, mayAppearUntil - clock.monotonic());
  let seen: Droplet | undefined;
  const ours = await poll(
    async () => {
      seen = await api.getDroplet(id, signal);
      if (seen !== undefined && missingTags(seen, options).length === 0) return seen;
      const wait = seen === undefined ? WAITS.invisible(id) : WAITS.untagged(id);
      if (timeoutMs > 0) await options.onWaiting?.(wait);
      return undefined;
    },
    { clock, timeoutMs, minPollMs: timing.minPollMs, signal },
  );
  if (ours === undefined && seen !== undefined)
    throw new NotOursError(seen, missingTags(seen, options), isAskedFor);
  return ours;
}

/** Deleting a droplet that is still being created was seen to be lost (CONTRACT.md, droplet lifecycle). */
async function waitUntilNotNew(id: number, options: DestroyOptions): Promise<void> {
  const { clock, timing, signal } = options;
  await poll(
    async () => {
      if ((await findOurs(id, options))?.status !== 'new') return true;
      await options.onWaiting?.(WAITS.new(id));
      return undefined;
    },
    { clock, timeoutMs: timing.visibleMs, minPollMs: timing.minPollMs, signal },
  );
}

/**
 * A 204 is a promise, not a fact: asks again while the droplet can still be read and has its tags. What was promised
 * is waited for without them.
 */
async function deleteUntilGone(id: number, options: DestroyOptions): Promise<void> {
  const { clock, timing, signal } = options;
  const deletion = new Deletion(id, options);
  let refusal: NotOursError | undefined;
  const look = async (): Promise<true | undefined> => {
    refusal = undefined;
    if (await deletion.isGone()) return true;
    await options.onWaiting?.(WAITS.deleting(id));
    return undefined;
  };
  const lookOn = async (): Promise<true | undefined> =>
    await look().catch((error: unknown) => {
      if (!(error instanceof NotOursError) || !deletion.isPromised) throw error;
      refusal = error;
      return undefined;
    });
  const { minPollMs, destroyMs: timeoutMs } = timing;
  if (await poll(lookOn, { clock, timeoutMs, minPollMs, signal })) return;
  throw refusal ?? stillThere(id);
}

/** The requests to delete one droplet: right before each is a look at its tags. */
class Deletion {
  /** DigitalOcean accepted a request. */
  isPromised = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private isAskedFor = false;

  constructor(
    private readonly id: number,
    private readonly options: DestroyOptions,
  ) {}

  /** Asks for it when that is due, and looks. Rejects with NotOursError when a tag is missing. */
  async isGone(): Promise<boolean> {
    const { clock, timing } = this.options;
    if (clock.monotonic() - this.askedAt >= timing.destroyMs * REPEAT_DELETE_SHARE) {
      this.askedAt = clock.monotonic();
      const outcome = await this.ask();
      if (outcome === 'absent') return true;
      this.isPromised ||= outcome === 'removed';
    }
    return (await findOurs(this.id, this.options, this.isAskedFor)) === undefined;
  }

  /** Undefined when something else is going on with the droplet: it can be deleted later. */
  private async ask(): Promise<'removed' | 'absent' | undefined> {
    const { api, signal } = this.options;
    try {
      return await deleteSurely(
        () => api.deleteDroplet(this.id, () => this.check(), signal),
        () => api.getDroplet(this.id, signal),
      );
    } catch (error) {
      if (error instanceof AlreadyGone) return 'absent';
      if (error instanceof ApiError && error.code === 'pending-event') return undefined;
      throw error;
    }
  }

  private async check(): Promise<void> {
    const droplet = await findOurs(this.id, this.options, this.isAskedFor);
    if (droplet === undefined) throw new AlreadyGone();
    this.isAskedFor = true;
  }
}

/** Ends a request that is not needed any more. */
class AlreadyGone extends Error {}

class NotOursError extends ProvisioningError {
  constructor({ id, name }: Droplet, missing: readonly string[], isAskedFor: boolean) {
    const end = isAskedFor ? 'its deletion is not requested again' : 'it is not destroyed';
    super({
      code: 'droplet-not-ours',
      message: `Droplet ${id} (${name}) does not have the tag ${missing.join(', ')}, so ${end}.`,
      hint: 'If it is yours to delete, delete it in the DigitalOcean console, then remove the server here.',
    });
  }
}

function missingTags({ tags }: Droplet, { requiredTags }: DestroyOptions): string[] {
  return requiredTags.filter((tag) => !tags.includes(tag));
}

function stillThere(id: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-still-there',
    message: `DigitalOcean accepted the deletion of droplet ${id}, but it is still there.`,
    hint: 'Look at it in the DigitalOcean console and delete it there if it stays.',
    retryable: true,
  });
}

/**
 * Deletes, and looks when no answer confirms it, since the deletion may have succeeded. `remove`
 * resolves to false, and `look` to undefined, for a missing resource.
 */
export async function deleteSurely(
  remove: () => Promise<boolean>,
  look: () => Promise<unknown>,
): Promise<'removed' | 'absent'> {
  try {
    return (await remove()) ? 'removed' : 'absent';
  } catch (error) {
    if (!(error instanceof ApiError) || !error.retryable || error.isCertainlyRefused) throw error;
    // Ignore a failed look: the first failure says more.
    const seen = await look().catch(() => error);
    if (seen !== undefined) throw error;
    return 'removed';
  }
}
