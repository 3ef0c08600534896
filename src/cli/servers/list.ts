import { messageOf } from '../../core/errors.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import { findStrays } from '../../services/provisioning/strays.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import { plainText } from '../plain-text.js';
import { say } from '../say.js';
import { reportLines } from '../stray-lines.js';
import { findToken, type World } from '../world.js';
import { healthWords, withHealth } from './health.js';

/** Nobody waits longer for what is only said beside the list. */
const PATIENCE_MS = 15_000;

/** Lists the servers with their health, and what DigitalOcean has otherwise. Resolves to the exit code. */
export async function listServers(world: World): Promise<number> {
  const compared = compare(world);
  const servers = await world.registry.list();
  if (servers.length === 0) say(world, 'No servers.');
  await withHealth(world, servers, async (answers) => {
    for (const [index, server] of servers.entries())
      say(world, serverLine(server, healthWords(await answers[index]!)));
    (await compared)();
  });
  return 0;
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
    return () => reportLines(report).forEach((line) => say(world, line));
  } catch (error) {
    // Whether a credential store works is the doctor's to say.
    if (error instanceof KeystoreError) return () => undefined;
    const why = signal.aborted
      ? `DigitalOcean did not answer within ${PATIENCE_MS / 1_000} s.`
      : world.redactor.clean(plainText(messageOf(error)));
    return () => process.stderr.write(`The droplets were not compared with the list: ${why}\n`);
  }
}

function serverLine(server: ServerEntry, health: string): string {
  const activity = server.active ? 'active' : 'inactive';
  return [server.label, activity, server.region ?? 'manual', server.panelUrl, health].join('  ');
}
