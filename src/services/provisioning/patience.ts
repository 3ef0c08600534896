import { withinLimit } from './deadline.js';
import { ProvisioningError } from './errors.js';
import type { StepContext } from './step.js';

/**
 * Work on the droplet that takes it seconds. One that lets us in and then does nothing is not waited for for ever:
 * rejects with `droplet-hangs` when `timing.dropletMs` is over, or with why it cannot be reached by then. The work has to end with its signal.
 */
export async function withPatience<T>(
  { ports, shell }: Pick<StepContext, 'ports' | 'shell'>,
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { clock, timing } = ports;
  const ms = timing.dropletMs;
  return await withinLimit(work, { clock, ms, signal, tooLate: () => shell.trouble ?? hangs(ms) });
}

function hangs(afterMs: number): ProvisioningError {
  return new ProvisioningError({
    code: 'droplet-hangs',
    message: `The droplet lets this program in, but did not do what it was asked to within ${Math.round(afterMs / 60_000)} minutes.`,
    hint: 'It may be short of memory, or busy with its disk. Its console at DigitalOcean shows more; retry usually works.',
  });
}
