import type { Dial } from './dial.js';
import { networkError } from './network-error.js';

/**
 * Creates a Dial that connects to these addresses only, in order, regardless of the host requested.
 * Connects to the checked addresses even when the name resolves to others later.
 */
export function pinnedDial(
  addresses: readonly { readonly address: string }[],
  dial: Dial,
  handleConnected: (address: string) => void = () => undefined,
): Dial {
  return async (host, port, { timeoutMs, signal }) => {
    const endAt = performance.now() + timeoutMs;
    const failures: unknown[] = [];
    for (const [index, { address }] of addresses.entries()) {
      // An address that never answers must leave time for the others.
      const share = Math.max(1, (endAt - performance.now()) / (addresses.length - index));
      try {
        const socket = await dial(address, port, { timeoutMs: Math.ceil(share), signal });
        handleConnected(address);
        return socket;
      } catch (error) {
        if (signal?.aborted) throw error;
        failures.push(error);
      }
    }
    throw failures[0] ?? networkError('ENOTFOUND', `no address to reach ${host} at`);
  };
}
