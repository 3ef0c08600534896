import type { PtyProgram } from '../../fixtures/terminal/pty-program.js';
import { BenchHome } from './bench-home.js';
import { busyWorker } from './busy.js';
import { type Figure, percentile, under } from './figures.js';

const SERVERS = ['alpha', 'bravo', 'charlie', 'delta', 'echo'];
/** Every message is gone by then. */
const SETTLE_MS = 8_000;
const MINUTE_MS = 60_000;
const TICKS_MS = 6_000;

/** What an idle minute writes: the servers screen, five panels that are online and looked at every 30 s. */
export async function idleMinute(): Promise<Figure[]> {
  const home = await BenchHome.make();
  await home.provision(...SERVERS);
  const program = home.open();
  try {
    await program.waitFor(`${SERVERS.length} online`);
    await wait(SETTLE_MS);
    const written = await bytesWithin(program, MINUTE_MS);
    return [under('idle minute, 5 servers online', written, 2 * 1024, 'B')];
  } finally {
    await program.kill();
    await home.remove();
  }
}

/** What one turn of the spinner writes, and the one a second that moves the times as well. */
export async function spinnerTick(): Promise<Figure[]> {
  const home = await BenchHome.make();
  await home.provision('alpha');
  const worker = await busyWorker(home, 0);
  const program = home.open();
  try {
    await program.waitFor('busy');
    program.press('G', 'enter');
    await program.waitFor('Installing Portlama');
    await wait(SETTLE_MS);
    const ticks: number[] = [];
    program.onOutput = (data) => ticks.push(Buffer.byteLength(data));
    await wait(TICKS_MS);
    const detail = `spinner tick, median of ${ticks.length}`;
    return [
      under(detail, percentile(ticks, 0.5), 60, 'B'),
      under('spinner tick with the seconds moving, most', Math.max(...ticks), 60, 'B'),
    ];
  } finally {
    await program.kill();
    worker.end();
    await home.remove();
  }
}

/** What a whole provisioning in the sandbox writes at its usual pace: from the first frame to the list with the server. */
export async function provisioning(): Promise<Figure[]> {
  const home = await BenchHome.make();
  const program = home.open('1');
  try {
    await program.waitFor('No servers yet');
    program.press('n');
    await program.waitFor('leave empty to');
    program.press('enter');
    await program.waitFor('account active');
    program.press('enter');
    await program.waitFor('✓');
    program.press('enter');
    await program.waitFor('This will be created');
    program.press('enter');
    await program.waitFor('› Create server ‹');
    program.press('enter');
    await program.waitFor('› Done ‹', 2 * MINUTE_MS);
    program.press('enter');
    await program.waitFor('1 online');
    return [under('a whole sandbox provisioning, 120x40', program.bytesWritten / 1024, 150, 'kB')];
  } finally {
    await program.kill();
    await home.remove();
  }
}

async function bytesWithin(program: PtyProgram, ms: number): Promise<number> {
  const before = program.bytesWritten;
  await wait(ms);
  return program.bytesWritten - before;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
