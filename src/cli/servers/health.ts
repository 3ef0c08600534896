import { createHealthCheck } from '../../services/health/panel-health-check.js';
import type { CheckResult } from '../../services/health/health.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { World } from '../../main/world.js';

/** Panels asked at a time, as in the full screen; more would only wait for each other. */
const LANES = 32;

/** Asks each server's panel, many at a time, and hands the promises to `use` until it is done with them. */
export async function withHealth<T>(
  { home, dial, keystore, keychain, clock, authorities }: World,
  servers: readonly ServerEntry[],
  use: (answers: readonly Promise<CheckResult>[]) => Promise<T>,
): Promise<T> {
  const health = createHealthCheck({ home, dial, keystore, keychain, clock, authorities });
  const { signal } = new AbortController();
  const lanes = new Map<number, Promise<unknown>>();
  try {
    return await use(
      servers.map((server, index) => {
        const lane = index % LANES;
        const before = lanes.get(lane) ?? Promise.resolve();
        const answer = before.then(() => health.check(server, { signal, fresh: true }));
        lanes.set(lane, answer);
        return answer;
      }),
    );
  } finally {
    health.dispose();
  }
}
