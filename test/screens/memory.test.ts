import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { HealthPoller } from '../../src/services/health/health-poller.js';
import type { JournalEntry } from '../../src/services/provisioning/journal/records.js';
import { FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const SERVERS = 100;
const HOURS = 8;
const HOUR_S = 3_600;
const STEP_S = 10;
/** Log lines a step; all that is kept of a log is there before anything is measured. */
const LINES = 1;
const KEPT_LINES = 10_000;
/** The fakes keep what they were told, journal records above all; 30 bytes a look would be as much again. */
const GROWTH_LIMIT_BYTES = 3_000_000;

const MOST_ROUNDS = 20;
const SAME_BYTES = 20_000;

const VISITS = [
  ['?', 'q'],
  ['L', 'q'],
  ['D', 'q'],
  ['n', 'ctrl-c'],
  ['G', 'enter', 'q'],
  ['j', 'd', 'ctrl-c'],
] as const;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The heap once collections find nothing more: what an object let go of is collected in the next one. */
async function heap(): Promise<number> {
  let last = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { heapUsed } = process.memoryUsage();
    if (last - heapUsed < SAME_BYTES) return Math.min(last, heapUsed);
    last = heapUsed;
  }
  return last;
}

function lines(count: number): JournalEntry[] {
  return Array.from({ length: count }, (_, index): JournalEntry => {
    return { event: 'log', step: 'install_portlama', text: `line ${index}` };
  });
}

/** An hour in which every server is looked at every 30 s, a log goes on, and screens are opened and closed. */
async function anHour({ program, world }: Used): Promise<void> {
  for (let second = 0; second < HOUR_S; second += STEP_S) {
    await world.clock.pass(STEP_S * 1_000);
    world.operations.write('op1', ...lines(LINES));
    if (second % 120 === 0) await program.press(...VISITS[(second / 120) % VISITS.length]!);
    // What the fixtures write down for the tests that read it.
    program.screen.written = '';
    world.logged.length = 0;
  }
}

interface Used {
  readonly program: RunningProgram;
  readonly world: FakeWorld;
}

it('takes no more memory after hours of use', { timeout: 240_000 }, async () => {
  const servers = Array.from({ length: SERVERS }, (_, index) => {
    return { ...LAB, id: `id-${index}`, label: `box-${index}` };
  });
  const world = new FakeWorld({ servers });
  let looks = 0;
  const poller = new HealthPoller({
    clock: world.clock,
    check: async () => {
      looks += 1;
      return { state: 'online', latencyMs: looks % 97, version: '1.0.53' };
    },
  });
  poller.onChange((change) => world.health.report(change));
  world.operations.add({ label: 'new', region: 'sgp1' });
  world.operations.write('op1', ...lines(KEPT_LINES));
  const program = await startProgram(world, { columns: 120, rows: 40 });
  poller.setServers(servers);
  const used = { program, world };
  await anHour(used);
  // Code that is loaded late is no growth.
  await vi.dynamicImportSettled();
  const looksBefore = looks;
  const before = await heap();
  for (let hour = 0; hour < HOURS; hour += 1) await anHour(used);
  const growth = (await heap()) - before;
  poller.dispose();
  // It was used: each server was looked at some 120 times an hour.
  expect(looks - looksBefore).toBeGreaterThan(HOURS * SERVERS * 100);
  expect(growth).toBeLessThan(GROWTH_LIMIT_BYTES);
});
