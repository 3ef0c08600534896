import { expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { binsOf, FIVE_MS, HOUR_MS } from '../../src/services/health/history/history.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { keyLabel } from '../../src/widgets/terminal/keys.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { QUESTIONS } from './fixtures/questions.js';
import { runUntil } from './fixtures/records.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const SIZE = { columns: 80, rows: 24 };

it.each(QUESTIONS)('$asked', async ({ keys, answer }) => {
  const program = await inList();
  for (const key of keys) {
    if (key.length > 1 && keyLabel(key, true) === key) await program.type(key);
    else await program.press(key);
  }
  const answered = expect.poll(() => program.text(), { timeout: 5_000 });
  if (typeof answer === 'string') await answered.toContain(answer);
  else await answered.toMatch(answer);
});

async function inList(): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB, OLD_BOX] });
  world.panels.clientCertificates.set(EDGE.id, {
    subject: 'CN=admin',
    issuer: 'CN=Portlama',
    notBefore: Date.parse('2026-11-20'),
    notAfter: Date.parse('2028-11-19'),
  });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  world.addDroplet(dropletOf(EDGE));
  const id = world.operations.add({ label: 'sgp1-new', region: 'sgp1' });
  const now = world.clock.now();
  const samples = Array.from({ length: 2_400 }, (_, index) => ({
    at: now - (2_400 - index) * 30_000,
    latencyMs: index >= 2_340 && index < 2_348 ? undefined : 20,
  }));
  world.health.histories.set(EDGE.id, {
    samples,
    fives: binsOf(samples, FIVE_MS),
    hours: binsOf(samples, HOUR_MS),
    outages: [{ from: samples[2_340]!.at, to: samples[2_348]!.at }],
  });
  const program = await startProgram(world, SIZE);
  world.health.report({
    serverId: EDGE.id,
    samples: [20, 22],
    health: { state: 'online', since: now - 9_000_000, latencyMs: 21, version: '0.1.30' },
  });
  world.health.report({
    serverId: OLD_BOX.id,
    samples: [undefined],
    health: {
      state: 'offline',
      since: now - 720_000,
      reason: 'The panel did not answer within 5 s.',
      code: 'panel-timeout',
    },
  });
  await runUntil(world, id, 'wait_ssh');
  await expect.poll(() => program.text()).toContain('21 ms');
  return program;
}
