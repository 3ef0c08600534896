import { messageOf } from '../core/errors.js';
import { createHealthCheck } from '../services/health/panel-health-check.js';
import type { CheckResult } from '../services/health/health-check.js';
import { KeystoreError } from '../services/keystore/keystore-error.js';
import { findStrays } from '../services/provisioning/strays.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { plainText } from './plain-text.js';
import { reportLines } from './stray-lines.js';
import { findToken, type World } from './world.js';

/** Nobody waits longer for what is only said beside the list. */
const PATIENCE_MS = 15_000;

/** Lists the servers with their health, and what DigitalOcean has otherwise. Resolves to the exit code. */
export async function serversCommand(world: World): Promise<number> {
  const compared = compare(world);
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
    (await compared)();
    return 0;
  } finally {
    health.dispose();
  }
}

/** Says what it found when it is called; without a token there is nothing to say. Never rejects. */
async function compare(world: World): Promise<() => void> {
  let signal = new AbortController().signal;
  try {
    const token = await findToken(world);
    if (token === undefined) return () => undefined;
    // From here on: a passphrase may have been typed before.
    signal = AbortSignal.timeout(PATIENCE_MS);
    const { registry, operations } = world;
    const report = await findStrays(world.createApi(token), registry, operations, signal);
    return () => reportLines(report).forEach((line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    // Whether a credential store works is the doctor's to say.
    if (error instanceof KeystoreError) return () => undefined;
    const why = signal.aborted
      ? `DigitalOcean did not answer within ${PATIENCE_MS / 1_000} s.`
      : world.redactor.clean(plainText(messageOf(error)));
    return () => process.stderr.write(`The droplets were not compared with the list: ${why}\n`);
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
