import { createHealthCheck } from '../services/health/panel-health-check.js';
import type { CheckResult } from '../services/health/health-check.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { plainText } from './plain-text.js';
import type { World } from './world.js';

/** Lists the servers with their health. Resolves to the exit code. */
export async function serversCommand(world: World): Promise<number> {
  const servers = await world.registry.list();
  if (servers.length === 0) process.stdout.write('No servers.\n');
  const { home, dial, keystore, keychain, clock } = world;
  const health = createHealthCheck({ home, dial, keystore, keychain, clock });
  try {
    const signal = new AbortController().signal;
    const lines = servers.map(async (server) =>
      serverLine(server, await health.check(server, { signal, fresh: true })),
    );
    for (const line of lines) process.stdout.write(`${await line}\n`);
    return 0;
  } finally {
    health.dispose();
  }
}

function serverLine(
  server: ServerEntry,
  result: CheckResult | { state: string; reason: string },
): string {
  const facts = [
    server.label,
    server.active ? 'active' : 'inactive',
    server.region ?? 'manual',
    server.panelUrl,
    healthWords(result),
  ];
  return facts.map(plainText).join('  ');
}

function healthWords(result: CheckResult | { state: string; reason: string }): string {
  if ('latencyMs' in result) {
    return `online, ${Math.round(result.latencyMs)} ms${result.version === undefined ? '' : `, panel ${result.version}`}`;
  }
  return `${result.state.replaceAll('-', ' ')}: ${result.reason}`;
}
