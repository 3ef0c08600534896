/**
 * Whether memory stays what it is over an hour of use: the real program in a pseudo-terminal with 100 servers of a
 * sandbox, its clock hastened, so that an hour's looks at the panels, listings and messages happen in two minutes,
 * while somebody opens and closes every screen all the time and a provisioning logs.
 * Run with: npm run bench:memory
 */
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { RUN_TYPESCRIPT } from '../fixtures/run-typescript.js';
import type { PtyProgram } from '../fixtures/terminal/pty-program.js';
import { BenchHome } from './terminal/bench-home.js';
import { busyWorker } from './terminal/busy.js';
import { type Figure, print } from './terminal/figures.js';

const SERVERS = 100;
const FACTOR = 30;
const MINUTE_MS = 60_000 / FACTOR;
const MINUTES = 60;
const POINTS = 10;
/** Until then caches fill and code is compiled. */
const WARM_UP_MINUTES = 20;
/** All lines that are kept of a log are there before the warm-up is over. */
const LOG_LINES_PER_SECOND = 500;
const KEY_PAUSE_MS = 60;
/** Share of what it was that an hour may add: of the heap, and of pages that a busy process gives back late. */
const LIMITS = { heapUsed: 0.05, rss: 0.1 };

/** Every screen and overlay, there and back. */
const VISITS: readonly (readonly string[])[] = [
  ['?', 'q'],
  [':', 'escape'],
  ['L', 'q'],
  ['D', 'q'],
  ['n', 'escape'],
  ['a', 'escape'],
  ['d', 'escape'],
  ['j', 'pagedown', '/', 'b', 'o', 'escape'],
  ['G', 'enter', '/', 'l', 'enter', 'n', 'w', 'f', 'escape', 'q'],
  ['g', 'r'],
];

interface Point {
  readonly minute: number;
  readonly rss: number;
  readonly heapUsed: number;
}

const home = await BenchHome.make();
await home.provision('alpha', 'bravo');
await home.multiply(SERVERS);
const socket = join(home.path, 'memory.sock');
const program = home.open(undefined, [
  process.execPath,
  '--expose-gc',
  ...RUN_TYPESCRIPT,
  resolve(import.meta.dirname, 'hasty-program.ts'),
  String(FACTOR),
  socket,
]);
let worker: { end(): void } | undefined;
try {
  await program.waitFor(`${SERVERS} online`, 60_000);
  worker = await busyWorker(home, LOG_LINES_PER_SECOND);
  await program.waitFor('1 being created');
  const points = await use(program);
  process.exitCode = print(figures(points)) ? 0 : 1;
} finally {
  await program.kill();
  worker?.end();
  await home.remove();
}

/** Uses it for an hour after the warm-up; a point at its beginning, and ten more. */
async function use(used: PtyProgram): Promise<Point[]> {
  const start = performance.now();
  const minute = (): number => (performance.now() - start) / MINUTE_MS - WARM_UP_MINUTES;
  const points: Point[] = [];
  let visits = 0;
  while (points.length <= POINTS) {
    for (const key of VISITS[visits % VISITS.length]!) {
      used.press(key);
      await wait(KEY_PAUSE_MS);
    }
    visits += 1;
    if (minute() < (points.length * MINUTES) / POINTS) continue;
    points.push({ minute: Math.round(minute()), ...(await memory()) });
    const { rss, heapUsed } = points.at(-1)!;
    console.log(`minute ${points.at(-1)!.minute}: rss ${mb(rss)}, heap ${mb(heapUsed)}`);
  }
  console.log(`${visits} visits to screens and overlays`);
  return points;
}

async function memory(): Promise<{ rss: number; heapUsed: number }> {
  return JSON.parse(await text(connect(socket))) as { rss: number; heapUsed: number };
}

function figures(points: readonly Point[]): Figure[] {
  return (['heapUsed', 'rss'] as const).map((what) => {
    const slope = slopeOf(points.map((point) => [point.minute, point[what]])) * MINUTES;
    const [first, last] = [points[0]![what], points.at(-1)![what]];
    const [share, limit] = [slope / first, LIMITS[what]];
    return {
      name: what === 'rss' ? 'resident memory over an hour' : 'heap over an hour',
      value: `${mb(first)} to ${mb(last)}, slope ${mb(slope)} an hour`,
      limit: { text: `< ${limit * 100} % an hour`, kept: share < limit },
    };
  });
}

/** Least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (pick: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function wait(ms: number): Promise<void> {
  return new Promise((fulfil) => setTimeout(fulfil, ms));
}
