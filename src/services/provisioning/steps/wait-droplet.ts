import { requirePublicAddress } from '../../digitalocean/droplet-address.js';
import { ProvisioningError } from '../errors.js';
import { poll } from '../poll.js';
import { outputOf, type Step } from '../worker/step.js';

/** Active can come before the address, and a 404 only means that reads lag: both are waited out. */
export const waitDroplet: Step<'wait_droplet'> = {
  id: 'wait_droplet',

  async run(context, signal) {
    const { api, clock, timing, apiIsLoopback } = context.ports;
    const { outageMs, minPollMs } = timing;
    const { dropletId } = outputOf(context, 'create_droplet');
    const start = clock.monotonic();
    const droplet = await poll(
      async () => {
        const current = await api.getDroplet(dropletId, signal);
        if (current === undefined && clock.monotonic() - start > timing.visibleMs)
          throw vanished(dropletId);
        return current?.status === 'active' && current.publicIpv4 !== undefined
          ? current
          : undefined;
      },
      { clock, timeoutMs: timing.bootMs, minPollMs, signal, outageMs },
    );
    if (droplet?.publicIpv4 === undefined) throw timedOut(dropletId, timing.bootMs);
    const ip = requirePublicAddress(droplet.publicIpv4, apiIsLoopback);
    await context.log(`droplet is active at ${ip}`);
    return { ip };
  },
};

function vanished(dropletId: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-vanished',
    message: `DigitalOcean accepted droplet ${dropletId}, but it does not exist.`,
    hint: 'DigitalOcean could not place it. Retry, or choose another region.',
  });
}

function timedOut(dropletId: number, bootMs: number): ProvisioningError {
  return new ProvisioningError({
    code: 'boot-timeout',
    message: `Timed out waiting for boot: droplet ${dropletId} was not ready within ${Math.round(bootMs / 60_000)} minutes.`,
    hint: 'A rare delay at DigitalOcean. Retry usually works.',
  });
}
