import { createHealthCheck } from '../../services/health/panel-health-check.js';
import type { CheckResult } from '../../services/health/health-check.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { findServer } from '../find-server.js';
import type { World } from '../world.js';

/** Asks each server's panel, all at once, and hands the promises to `use` until it is done with them. */
export async function withHealth<T>(
  { home, dial, keystore, keychain, clock }: World,
  servers: readonly ServerEntry[],
  use: (answers: readonly Promise<string>[]) => Promise<T>,
): Promise<T> {
  const health = createHealthCheck({ home, dial, keystore, keychain, clock });
  const { signal } = new AbortController();
  try {
    return await use(
      servers.map(async (server) => words(await health.check(server, { signal, fresh: true }))),
    );
  } finally {
    health.dispose();
  }
}

/** How one panel answers, in words; the reason may be from outside. */
export async function healthOf(world: World, serverId: string): Promise<string> {
  const server = await findServer(world, serverId);
  return await withHealth(world, [server], async ([answer]) => (await answer) ?? '');
}

function words(result: CheckResult): string {
  if ('latencyMs' in result) {
    return `online, ${Math.round(result.latencyMs)} ms${result.version === undefined ? '' : `, panel ${result.version}`}`;
  }
  return `${result.state.replaceAll('-', ' ')}: ${result.reason}`;
}
