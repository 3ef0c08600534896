import type { HealthChange } from '../../../src/services/health/health.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { FakeWorld, LAB } from '../../app/fakes/fake-world.js';
import { RunningProgram } from '../../screens/fixtures/running-program.js';
import type { Figure } from './figures.js';

const SERVERS = 1_000;
const LOG_LINES = 10_000;
const LINES_AT_ONCE = 50;
/** A longest burst of frames: thirty a second. */
const FRAMES_PER_S = 30;

/** Frames of bursts of events, in this process: the whole program over services in memory, 1,000 servers in its list. */
export async function bursts(): Promise<Figure[]> {
  const servers = Array.from({ length: SERVERS }, (_, index) => {
    return { ...LAB, id: `id-${index}`, label: `box-${index}` };
  });
  const world = new FakeWorld({ servers });
  const operation = world.operations.add({ label: 'busy', region: 'fra1' });
  const program = new RunningProgram(world, { columns: 120, rows: 40 });
  try {
    await program.settle();
    await program.screen.draw();
    const atOnce = await burst(program, () => {
      for (let index = 0; index < SERVERS; index += 1) world.health.report(online(index, 20));
    });
    const oneByOne = await burst(program, () =>
      eachInItsTurn(SERVERS, (index) => world.health.report(online(index, 30))),
    );
    await program.press('G', 'enter');
    const lines = await burst(program, () =>
      eachInItsTurn(LOG_LINES / LINES_AT_ONCE, (turn) =>
        world.operations.write(operation, ...logLines(turn)),
      ),
    );
    return [
      frames(`frames of ${SERVERS} health results at once`, atOnce, 2),
      frames(`frames of ${SERVERS} health results one by one`, oneByOne),
      frames(`frames of ${LOG_LINES} log lines, ${LINES_AT_ONCE} at a time`, lines),
    ];
  } finally {
    program.dispose();
  }
}

interface Burst {
  readonly frames: number;
  readonly tookMs: number;
  readonly cpuMs: number;
}

async function burst(program: RunningProgram, happens: () => void | Promise<void>): Promise<Burst> {
  const { renders } = program.screen.terminal.stats;
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await happens();
  await program.settle();
  const { user, system } = process.cpuUsage(cpu);
  const tookMs = performance.now() - start;
  await program.screen.draw();
  return {
    frames: program.screen.terminal.stats.renders - renders,
    tookMs,
    cpuMs: (user + system) / 1000,
  };
}

function frames(name: string, { frames: drawn, tookMs, cpuMs }: Burst, limit?: number): Figure {
  const most = limit ?? Math.ceil((tookMs / 1000) * FRAMES_PER_S) + 2;
  return {
    name,
    value: `${drawn} in ${Math.round(tookMs)} ms (processor ${Math.round(cpuMs)} ms)`,
    limit: { text: `<= ${most}`, kept: drawn <= most },
  };
}

async function eachInItsTurn(count: number, happens: (index: number) => void): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    happens(index);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function online(index: number, latencyMs: number): HealthChange {
  const health = { state: 'online', since: 0, latencyMs, version: '1.0.53' } as const;
  return { serverId: `id-${index}`, health, samples: [latencyMs] };
}

function logLines(turn: number): JournalEntry[] {
  return Array.from({ length: LINES_AT_ONCE }, (_, index) => {
    const text = `installer: line ${turn * LINES_AT_ONCE + index}`;
    return { event: 'log', step: 'install_portlama', text };
  });
}
