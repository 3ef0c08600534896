import { spanText } from '../../../core/time.js';
import { requirePublicAddress } from '../../digitalocean/api.js';
import { ProvisioningError } from '../errors.js';
import { poll, type Timing } from '../timing.js';
import { outputOf, type Step, type StepContext } from '../worker/step.js';

declare module '../worker/step.js' {
  interface StepOutputs {
    readonly wait_droplet: { readonly ip: string };
  }
}

/** Before the usual time only the address is looked for, which nothing waits for as urgently. */
const EARLY_POLLS = 4;
/** Share of the time already waited, after the usual time: SSH is tried each second meanwhile. */
const LATE_GROWTH = 0.25;

/**
 * Over when DigitalOcean calls the droplet active, or when it lets us in before that: as soon as it has an address, SSH
 * is tried as well. Its host key is known, so nothing else can pass for it.
 */
export const step: Step<'wait_droplet'> = {
  async run(context, signal) {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    let tryAddress: (ip: string) => void = () => undefined;
    const reached = new Promise<string>((resolve) => {
      tryAddress = (ip) => {
        // Whatever answers wrongly now is judged by the next step.
        context.shell.reach(ip, either).then(
          (isReached) => isReached && resolve(ip),
          () => undefined,
        );
      };
    });
    const active = untilActive(context, tryAddress, either);
    active.catch(() => undefined);
    try {
      const first = await Promise.race([
        active.then((ip) => ({ ip, how: 'is active' })),
        reached.then((ip) => ({ ip, how: 'accepts connections before it is reported active,' })),
      ]);
      await context.log(`droplet ${first.how} at ${first.ip}`);
      return { ip: first.ip };
    } finally {
      over.abort();
    }
  },
};

/** Resolves to the address. Calls `onAddress` with each one that shows before the droplet is active. */
async function untilActive(
  context: StepContext,
  onAddress: (ip: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { api, clock, timing, apiIsLoopback } = context.ports;
  const { outageMs, minPollMs } = timing;
  const { dropletId } = outputOf(context, 'create_droplet');
  const start = clock.monotonic();
  let shown: string | undefined;
  // Active can come before the address, and a 404 only means that reads lag: both are waited out.
  const look = async (): Promise<string | undefined> => {
    const droplet = await api.getDroplet(dropletId, signal);
    if (droplet === undefined && clock.monotonic() - start > timing.visibleMs)
      throw vanished(dropletId);
    if (droplet?.publicIpv4 === undefined) return undefined;
    const ip = requirePublicAddress(droplet.publicIpv4, apiIsLoopback);
    if (droplet.status === 'active') return ip;
    if (droplet.status === 'new' && ip !== shown) onAddress((shown = ip));
    return undefined;
  };
  const pauseAfter = (elapsedMs: number): number => pauseOf(timing, elapsedMs);
  const limits = { clock, timeoutMs: timing.bootMs, minPollMs, signal, outageMs, pauseAfter };
  const ip = await poll(look, limits);
  if (ip === undefined) throw timedOut(dropletId, timing.bootMs);
  return ip;
}

/** A minute of booting costs 38 looks; five minutes, after which it is given up, 50. */
function pauseOf(timing: Timing, elapsedMs: number): number {
  const { usualBootFromMs, usualBootToMs, bootPollMs } = timing;
  if (elapsedMs < usualBootFromMs) return EARLY_POLLS * bootPollMs;
  return elapsedMs < usualBootToMs ? bootPollMs : elapsedMs * LATE_GROWTH;
}

function vanished(dropletId: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-vanished',
    message: `DigitalOcean accepted droplet ${dropletId}, but it does not exist.`,
  });
}

function timedOut(dropletId: number, bootMs: number): ProvisioningError {
  return new ProvisioningError({
    code: 'boot-timeout',
    message: `Timed out waiting for boot: droplet ${dropletId} was not ready within ${spanText(bootMs)}.`,
  });
}
