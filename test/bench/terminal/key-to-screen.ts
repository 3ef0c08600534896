import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { type PtyProgram, ptyProgram } from '../../fixtures/terminal/pty-program.js';

/** One key, and what the screen shows once it was taken. */
export interface Stroke {
  readonly key: string;
  readonly shows: (lines: readonly string[]) => boolean;
}

/** Longest and shortest pause of a typist, so that keys come at any point of a frame. */
const PAUSE_MS = { min: 15, max: 60 };
const LOST_MS = 10_000;
const READY = 'ready';
/** Sends back what it gets: what the pseudo-terminal and a node process cost by themselves. */
const ECHO = `process.stdin.setRawMode(true).on('data', (data) => process.stdout.write(data));
process.stdout.write('${READY}')`;

/** Milliseconds. */
export interface Delay {
  /** From writing the key to the arrival of what shows it. */
  readonly tookMs: number;
  /** Thereof ready to run, while something else had the processor: the program, and this one that measures. */
  readonly waitedMs: number;
}

export interface Delays {
  readonly program: readonly Delay[];
  /** Of a bare program that echoes, key by key in between. */
  readonly echo: readonly Delay[];
}

/**
 * How long it takes from writing each key to the arrival of the output that shows it. The output is read in pieces of 4 kB;
 * the piece counts in which it is, so the first byte of the frame was not later.
 */
export async function keyToScreen(
  program: PtyProgram,
  strokes: readonly Stroke[],
): Promise<Delays> {
  const delays = { program: [] as Delay[], echo: [] as Delay[] };
  const echo = ptyProgram({ command: [process.execPath, '-e', ECHO], columns: 120, rows: 40 });
  try {
    await echo.waitFor(READY);
    for (const [index, stroke] of strokes.entries()) {
      const typed = READY.length + index + 1;
      await pause();
      delays.echo.push(
        await strike(echo, { key: 'x', shows: (lines) => lines.join('').length >= typed }),
      );
      await pause();
      delays.program.push(await strike(program, stroke));
    }
    return delays;
  } finally {
    await echo.kill();
  }
}

function strike(program: PtyProgram, { key, shows }: Stroke): Promise<Delay> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      program.onOutput = undefined;
    };
    const timer = setTimeout(() => {
      done();
      reject(new Error(`${key} never showed:\n${program.emulator.screenText()}`));
    }, LOST_MS);
    program.onOutput = () => {
      const at = performance.now();
      const waitedMs = waitMs(program.pid) - waitedBefore;
      void program.lines().then((lines) => {
        if (!shows(lines)) return;
        done();
        resolve({ tookMs: at - start, waitedMs });
      });
    };
    const waitedBefore = waitMs(program.pid);
    const start = performance.now();
    program.press(key);
  });
}

/**
 * How long the main threads of the program and of this process were on a run queue so far: second field of
 * /proc/<pid>/schedstat (Linux, sched-stats.rst), nanoseconds. 0 where there is no such file.
 */
function waitMs(pid: number): number {
  return [pid, process.pid].map(waitOf).reduce((sum, one) => sum + one, 0);
}

function waitOf(pid: number): number {
  try {
    const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
    return Number(waited) / 1e6;
  } catch {
    return 0;
  }
}

function pause(): Promise<void> {
  const ms = PAUSE_MS.min + Math.random() * (PAUSE_MS.max - PAUSE_MS.min);
  return new Promise((resolve) => setTimeout(resolve, ms));
}
