import type { Droplet } from '../../digitalocean/api.js';
import { dropletName, dropletPage, MANAGED_TAG } from '../../../core/product.js';
import { poll } from '../timing.js';
import type { Resource } from '../journal/records.js';
import { NotRemovedError } from '../worker/rollback.js';
import { operationTag, outputOf, type StepContext, type Undo } from '../worker/step.js';
import { destroyDroplet, type OnWaiting } from './destroy-droplet.js';

/** All droplets of this operation: by tag; and by name, since tags come onto a droplet only after it was created. */
export async function findOwnDroplets(
  context: StepContext,
  signal: AbortSignal,
): Promise<readonly Droplet[]> {
  const { api } = context.ports;
  const tag = operationTag(context.request.id);
  const tagged = await api.listDroplets({ tag }, signal);
  if (tagged.length > 0) return tagged;
  const named = await api.listDroplets({ name: dropletName(context.request.label) }, signal);
  return named.filter((droplet) => droplet.tags.includes(tag));
}

/**
 * Finds the operation's own droplet like `findOwn`, for as long as one may stay invisible since the
 * request was sent; looks at least once.
 */
export async function findOwnPatiently(
  context: StepContext,
  signal: AbortSignal,
  outageMs = 0,
): Promise<readonly Droplet[]> {
  const { clock, timing } = context.ports;
  const look = async (): Promise<readonly Droplet[] | undefined> => {
    const found = await findOwnDroplets(context, signal);
    return found.length > 0 ? found : undefined;
  };
  const timeoutMs = invisibleForMs(context);
  const minPollMs = timing.minPollMs * 2;
  return (await poll(look, { clock, timeoutMs, minPollMs, signal, outageMs })) ?? [];
}

/** Gives the remaining time in which a droplet may exist unreadable. */
export function invisibleForMs({ ports, sentAt }: StepContext): number {
  const { clock, timing } = ports;
  const now = clock.monotonic();
  return Math.max(timing.visibleMs - (now - (sentAt.get('create_droplet') ?? now)), 0);
}

export function dropletResource(context: StepContext, id: number | undefined): Resource {
  const tag = operationTag(context.request.id);
  return {
    kind: 'droplet',
    id: id === undefined ? `tagged ${tag}` : String(id),
    monthlyUsd: context.outputs.validate_token?.monthlyUsd ?? 0,
    removeBy:
      id === undefined
        ? `Look for a droplet with the tag ${tag} in the DigitalOcean console, and destroy it.`
        : `Destroy it at ${dropletPage(id, 'destroy')}`,
  };
}

/** Destroys these droplets, each only with this operation's tag and the managed one. Names those that are left. */
export async function destroyOwn(
  ids: readonly number[],
  context: StepContext,
  signal: AbortSignal,
): Promise<'removed' | 'absent'> {
  const { api, clock, timing } = context.ports;
  const requiredTags = [MANAGED_TAG, operationTag(context.request.id)];
  const now = clock.monotonic();
  const appearsUntil = now + invisibleForMs(context);
  const left: number[] = [];
  let failure: unknown;
  let outcome: 'removed' | 'absent' = 'absent';
  for (const id of ids) {
    try {
      const mayAppearUntil = context.removedBefore.has(String(id)) ? now : appearsUntil;
      const onWaiting: OnWaiting = (text) => context.waiting(text);
      const options = { api, clock, timing, requiredTags, mayAppearUntil, onWaiting, signal };
      if ((await destroyDroplet(id, options)) === 'removed') outcome = 'removed';
    } catch (error) {
      left.push(id);
      failure = error;
    }
  }
  if (left.length === 0) return outcome;
  throw new NotRemovedError(
    left.map((id) => dropletResource(context, id)),
    failure,
  );
}

/**
 * Keeps at most one droplet: after a repeated request the first one may have succeeded too. Does
 * nothing in any other run.
 */
export function undoDoubles(context: StepContext): readonly Undo[] {
  if (!context.sentTwice) return [];
  const tag = operationTag(context.request.id);
  return [
    {
      resource: {
        kind: 'droplet',
        id: `other droplets tagged ${tag}`,
        monthlyUsd: context.outputs.validate_token?.monthlyUsd ?? 0,
        removeBy: `Look for a second droplet with the tag ${tag} in the DigitalOcean console, and destroy it.`,
      },
      async remove(signal) {
        const { dropletId } = outputOf(context, 'create_droplet');
        const own = await findOwnDroplets(context, signal);
        const doubles = own.map(({ id }) => id).filter((id) => id !== dropletId);
        return await destroyOwn(doubles, context, signal);
      },
    },
  ];
}
