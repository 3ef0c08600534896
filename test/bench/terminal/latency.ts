import { readFile } from 'node:fs/promises';
import type { PtyProgram } from '../../fixtures/terminal/pty-program.js';
import { BenchHome } from './bench-home.js';
import { busyWorker } from './busy.js';
import { type Figure, percentile, spread, under } from './figures.js';
import { type Delays, keyToScreen, type Stroke } from './key-to-screen.js';

const SERVERS = 1_000;
const KEYS = 204;
const LIMIT_MS = 16;
const LOG_LINES_PER_SECOND = 1_000;
const START_LIMIT_MS = 120_000;

/**
 * Key-to-screen latency with 1,000 servers, all online and looked at every 30 s, while a provisioning logs 1,000 lines
 * a second: moving in the list, filtering it, and typing where the log runs.
 */
export async function keyLatency(): Promise<Figure[]> {
  const home = await BenchHome.make();
  await home.provision('alpha', 'bravo', 'charlie');
  await home.multiply(SERVERS);
  const program = home.open();
  const figures: Figure[] = [];
  try {
    await program.waitFor('alpha');
    figures.push({ name: 'resident memory at the start', value: await resident(program.pid) });
    await program.waitFor(`${SERVERS.toLocaleString('en')} online`, START_LIMIT_MS);
    const worker = await busyWorker(home, LOG_LINES_PER_SECOND);
    try {
      await program.waitFor('1 being created');
      figures.push(...(await scenes(program)));
    } finally {
      worker.end();
    }
    const value = await resident(program.pid);
    figures.push({ name: `resident memory after it, ${SERVERS} panels connected`, value });
    return figures;
  } finally {
    await program.kill();
    await home.remove();
  }
}

async function scenes(program: PtyProgram): Promise<Figure[]> {
  const figures: Figure[] = [];
  const measure = async (name: string, strokes: readonly Stroke[]): Promise<void> => {
    figures.push(...delayFigures(name, await keyToScreen(program, strokes)));
  };
  await measure('moving in the list', moving());
  program.press('/');
  await program.waitFor('1,001 of 1,001');
  await measure(
    'filtering the list',
    typing((lines) => filterLine(lines)),
  );
  program.press('escape');
  // By itself: with a letter right behind it, it would be Alt.
  await program.waitUntilGone('1,001 of 1,001');
  program.press('G');
  await program.waitFor(/› . {2}busy/);
  program.press('enter');
  await program.waitFor('busy › Provisioning');
  program.press('/');
  await measure(
    'typing beside the running log',
    typing((lines) => filterLine(lines)),
  );
  return figures;
}

/** The limit is on what the program takes; on a machine that does other things as well a key waits for those too. */
function delayFigures(name: string, delays: Delays): Figure[] {
  const [took, bare] = [delays.program, delays.echo].map((all) => all.map(({ tookMs }) => tookMs));
  const [own, bareOwn] = [delays.program, delays.echo].map((all) =>
    all.map(({ tookMs, waitedMs }) => Math.max(0, tookMs - waitedMs)),
  );
  const p99 = percentile(own!, 0.99);
  const { limit } = under('', p99, LIMIT_MS, 'ms p99');
  const ratio = (percentile(took!, 0.99) / percentile(bare!, 0.99)).toFixed(1);
  return [
    { name: `key to screen, ${name}, ms`, value: spread(own!), limit },
    { name: '  bare node echo in between', value: spread(bareOwn!) },
    { name: '  with waits for a processor that others had', value: spread(took!) },
    { name: '  bare node echo with such waits', value: `${spread(bare!)}  (p99 x ${ratio})` },
  ];
}

/** Down and up again by one row and by pages; what counts is the row under the cursor. */
function moving(): Stroke[] {
  const keys = ['j', 'j', 'pagedown', 'j', 'k', 'j', 'pageup', 'j'];
  let before: string | undefined;
  return Array.from({ length: KEYS }, (_, index) => ({
    key: keys[index % keys.length]!,
    shows: (lines) => {
      const row = lines.find((line) => /› [^ ] {2}/.test(line))?.match(/› [^ ] {2}([\w-]+)/)?.[1];
      if (row === undefined || row === before) return false;
      before = row;
      return true;
    },
  }));
}

/** A word and its deletion, again and again. */
function typing(fieldOf: (lines: readonly string[]) => string | undefined): Stroke[] {
  const word = 'box-01';
  let typed = '';
  return Array.from({ length: KEYS }, (_, index) => {
    const at = index % (2 * word.length);
    const adds = at < word.length;
    typed = adds ? word.slice(0, at + 1) : typed.slice(0, -1);
    const expected = typed;
    const key = adds ? word[at]! : 'backspace';
    return { key, shows: (lines) => fieldOf(lines) === expected };
  });
}

/** What stands after the slash of a filter or search. */
function filterLine(lines: readonly string[]): string | undefined {
  return lines.map((line) => /│ \/([\w-]*)/.exec(line)?.[1]).find((found) => found !== undefined);
}

async function resident(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)} MB`;
}
