import { MANAGED_TAG } from '../../../core/product.js';
import { ProvisioningError } from '../errors.js';
import { outputOf, type StepContext } from './step.js';

const GONE_LOOKS = 3;
const OFF_LOOKS = 2;

interface Seen {
  readonly since: number;
  readonly looks: number;
}

/**
 * Asks DigitalOcean about an unreachable droplet: `droplet-gone`, `droplet-off`, or undefined when
 * DigitalOcean reports no problem. Repeats the look before reporting a loss, since reads lag.
 */
export async function findLoss(
  { ports, outputs }: Pick<StepContext, 'ports' | 'outputs'>,
  signal: AbortSignal,
): Promise<ProvisioningError | undefined> {
  const { api, clock, timing } = ports;
  const { dropletId } = outputOf({ outputs }, 'create_droplet');
  let gone: Seen | undefined;
  let off: Seen | undefined;
  for (;;) {
    const droplet = await api.getDroplet(dropletId, signal);
    const now = clock.monotonic();
    if (droplet !== undefined && droplet.status !== 'off') return undefined;
    gone = droplet === undefined ? seenAgain(gone, now) : undefined;
    off = droplet === undefined ? undefined : seenAgain(off, now);
    if (isSure(off, OFF_LOOKS, timing.offMs, now)) return dropletOff(dropletId);
    if (isSure(gone, GONE_LOOKS, timing.goneMs, now)) {
      const listed = await api.listDroplets({ tag: MANAGED_TAG }, signal);
      return listed.some(({ id }) => id === dropletId) ? undefined : dropletGone(dropletId);
    }
    await clock.sleep(timing.offMs, signal);
  }
}

function seenAgain(seen: Seen | undefined, now: number): Seen {
  return { since: seen?.since ?? now, looks: (seen?.looks ?? 0) + 1 };
}

function isSure(seen: Seen | undefined, looks: number, ms: number, now: number): boolean {
  return seen !== undefined && seen.looks >= looks && now - seen.since >= ms;
}

export const DROPLET_GONE = 'droplet-gone';

function dropletGone(id: number): ProvisioningError {
  return new ProvisioningError({
    code: DROPLET_GONE,
    message: `Droplet ${id} no longer exists: it cannot be reached, and DigitalOcean neither finds nor lists it.`,
    hint: 'It was deleted in the DigitalOcean console, or by another program. The team’s history there shows by whom.',
  });
}

function dropletOff(id: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-off',
    message: `DigitalOcean reports that droplet ${id} is powered off, so it cannot be reached.`,
    hint: 'It was powered off in the DigitalOcean console, by another program, or by DigitalOcean. The team’s history there shows by whom.',
  });
}
