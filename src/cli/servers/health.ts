import { createHealthCheck } from '../../services/health/panel-health-check.js';
import type { CheckResult } from '../../services/health/health-check.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { findServer } from '../find-server.js';
import { say } from '../say.js';
import type { World } from '../world.js';

/** As many as the full screen asks at a time: more would only wait for each other. */
const LANES = 32;

/** Asks each server's panel, many at a time, and hands the promises to `use` until it is done with them. */
export async function withHealth<T>(
  { home, dial, keystore, keychain, clock }: World,
  servers: readonly ServerEntry[],
  use: (answers: readonly Promise<CheckResult>[]) => Promise<T>,
): Promise<T> {
  const health = createHealthCheck({ home, dial, keystore, keychain, clock });
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

/** How one panel answers. */
export async function checkHealth(world: World, server: ServerEntry): Promise<CheckResult> {
  return await withHealth(world, [server], async ([answer]) => await answer!);
}

/** Says how a panel answers whose certificate was just changed in some way. */
export async function sayHealth(world: World, serverId: string): Promise<CheckResult> {
  const server = await findServer(world, serverId);
  const health = await checkHealth(world, server);
  say(world, `Panel: ${healthWords(health)}`);
  return health;
}

/** How it answered, in words; the reason may be from outside. */
export function healthWords(result: CheckResult): string {
  if (result.state !== 'online') return `${result.state.replaceAll('-', ' ')}: ${result.reason}`;
  const { latencyMs, version } = result;
  return `online, ${Math.round(latencyMs)} ms${version === undefined ? '' : `, panel ${version}`}`;
}
