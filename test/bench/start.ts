/**
 * The start of the built program against bare `node -e 0`, pair by pair in one run: the first frame with the list of
 * three servers, at the very first start, at the next ones, which have its compiled code, and with the picture of an
 * earlier one; the answer to a key pressed on seeing it; `--version`, `--help`, a completion, what the first frame took,
 * and memory, then and later. Ratios mean something on a quiet machine only.
 * Run with: npm run bench:start
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  bareEnvironment,
  type FirstFrame,
  firstFrame,
  LAST_ROW,
  writeThreeServers,
} from '../fixtures/first-frame.js';
import { MAIN } from '../fixtures/program.js';
import { type PtyProgram, ptyProgram } from '../fixtures/terminal/pty-program.js';
import { BenchHome } from './terminal/bench-home.js';
import { percentile, print } from './terminal/figures.js';

/** Only the overlay with the keys says it. */
const HELP = 'Create a new server';
const ROUNDS = 15;
/** From the first frame until its memory counts: each panel was asked by then. */
const POLLING_MS = 10_000;
/** Node.js 22 and later start slower themselves. */
const LIMITS = {
  frame: Number(process.versions.node.split('.')[0]) < 22 ? 2 : 1.6,
  quick: 1.15,
  completion: 1.3,
  residentMb: 60,
  sandboxMb: 75,
};

const home = await mkdtemp(join(tmpdir(), 'portlama-start-'));
const frames: FirstFrame[] = [];
const ratios = {
  first: [] as number[],
  frame: [] as number[],
  cpu: [] as number[],
  key: [] as number[],
  picture: [] as number[],
  pictureCpu: [] as number[],
  pictureKey: [] as number[],
  version: [] as number[],
  help: [] as number[],
  completion: [] as number[],
};
const bareMs: number[] = [];
let pollingMb = 0;
try {
  await writeThreeServers(home);
  for (let round = 0; round < ROUNDS; round += 1)
    ratios.first.push((await firstFrame(home)).atMs / run('-e', '0'));
  await firstFrame(home, { keeps: true });
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = run('-e', '0');
    bareMs.push(bare);
    const frame = await firstFrame(home);
    frames.push(frame);
    ratios.frame.push(frame.atMs / bare);
    ratios.cpu.push(frame.cpuMs / bareCpuMs());
    ratios.key.push((await keyAnsweredMs()) / bare);
    ratios.version.push(run(MAIN, '--version') / bare);
    ratios.help.push(run(MAIN, '--help') / bare);
    ratios.completion.push(run(MAIN, 'complete', '--', 'servers', 'destroy', '') / bare);
  }
  await firstFrame(home, { keeps: true });
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = run('-e', '0');
    const picture = await firstFrame(home, { picture: true });
    if (!picture.isPicture) throw new Error('No picture was kept.');
    ratios.picture.push(picture.atMs / bare);
    ratios.pictureCpu.push(picture.cpuMs / bareCpuMs());
    ratios.pictureKey.push((await keyAnsweredMs()) / bare);
  }
  pollingMb = await residentMb(
    ptyProgram({
      command: [process.execPath, MAIN],
      columns: 100,
      rows: 30,
      env: bareEnvironment(home),
    }),
    LAST_ROW,
  );
} finally {
  await rm(home, { recursive: true, force: true });
}
const median = (values: readonly number[]): number => percentile(values, 0.5);
const last = frames.at(-1)!;
console.log(`bare node: ${median(bareMs).toFixed(0)} ms, median of ${ROUNDS}`);
const kept = print([
  { name: 'first frame, at the very first start', value: times(median(ratios.first)) },
  figure('first frame, time', median(ratios.frame), LIMITS.frame),
  figure('first frame, processor time', median(ratios.cpu), LIMITS.frame),
  { name: 'key answered, time', value: times(median(ratios.key)) },
  figure('with a picture: shown, time', median(ratios.picture), LIMITS.frame),
  figure('with a picture: shown, processor time', median(ratios.pictureCpu), LIMITS.frame),
  { name: 'with a picture: key answered, time', value: times(median(ratios.pictureKey)) },
  figure('--version', median(ratios.version), LIMITS.quick),
  figure('--help', median(ratios.help), LIMITS.quick),
  figure('completion', median(ratios.completion), LIMITS.completion),
  resident('at the first frame', median(frames.map(({ rssMb }) => rssMb)), LIMITS.residentMb),
  resident('10 s later, polling', pollingMb, LIMITS.residentMb),
  resident('in the window of a sandbox, 10 s later', await sandboxMb(), LIMITS.sandboxMb),
  { name: 'modules of Node.js', value: String(last.builtins.length) },
  ...last.files.map(({ path, bytes }) => ({ name: `loaded: ${path}`, value: `${bytes} bytes` })),
]);
process.exitCode = kept ? 0 : 1;

function run(...args: readonly string[]): number {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: 'ignore', env: bareEnvironment(home) });
  return performance.now() - start;
}

function bareCpuMs(): number {
  const script = '(({user,system})=>(user+system)/1e3)(process.cpuUsage())';
  const { stdout } = spawnSync(process.execPath, ['-p', script], { env: bareEnvironment(home) });
  return Number(stdout);
}

/** From the start of the program to the answer to `?`, which is pressed once the list is on the screen. */
async function keyAnsweredMs(): Promise<number> {
  const start = performance.now();
  const program = ptyProgram({
    command: [process.execPath, MAIN],
    columns: 100,
    rows: 30,
    env: bareEnvironment(home),
  });
  try {
    return await new Promise((resolve) => {
      let isPressed = false;
      program.onOutput = () => {
        if (program.output.includes(HELP)) resolve(performance.now() - start);
        if (isPressed || !program.output.includes(LAST_ROW)) return;
        isPressed = true;
        program.press('?');
      };
    });
  } finally {
    await program.kill();
  }
}

/** Memory of the window of a sandbox with one server. */
async function sandboxMb(): Promise<number> {
  const sandbox = await BenchHome.make();
  try {
    await sandbox.provision('alpha');
    return await residentMb(sandbox.open(), '1 online');
  } finally {
    await sandbox.remove();
  }
}

/** Ends the program some time after it shows this. */
async function residentMb(program: PtyProgram, shown: string): Promise<number> {
  try {
    await program.waitFor(shown);
    await delay(POLLING_MS);
    const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  } finally {
    await program.kill();
  }
}

function resident(when: string, mb: number, limit: number) {
  return {
    name: `resident ${when}`,
    value: `${mb.toFixed(0)} MB`,
    limit: { text: `<= ${limit} MB`, kept: mb <= limit },
  };
}

function figure(name: string, ratio: number, limit: number) {
  return {
    name,
    value: times(ratio),
    limit: { text: `<= ${limit} x`, kept: ratio <= limit },
  };
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} x bare node`;
}
