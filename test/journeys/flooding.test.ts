import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FRAME_MS } from '../../src/widgets/terminal/frame-scheduler.js';
import { aPerson, type Person } from './person.js';

const LINES_PER_SECOND = 10_000;
const FLOOD_MS = 6_000;
const LINES = (LINES_PER_SECOND * FLOOD_MS) / 1_000;
const FLOOD_LINE = /flood line (\d+)/g;
/** What the program keeps of a log. */
const KEPT_LINES = 10_000;

it('listens to every key while 10,000 lines a second come in, and draws no more than can be seen', async () => {
  const person = await aPerson({ columns: 120, rows: 40 });
  person.opens();
  await person.sees('No servers yet');
  await linesWillCome(person);
  await person.createsServer('lab');
  await person.sees('flood line');
  const begun = { at: performance.now(), bytes: person.terminal.bytesWritten };

  await person.sees('follow ─┐');
  person.presses('f');
  await person.sees('paused · line');
  person.presses('/');
  person.types('LINE 77');
  await person.sees('/LINE 77');
  person.presses('backspace', '7', 'ctrl-a', 'delete', 'l');
  await person.sees('/lINE 77');
  person.presses('enter');
  await person.sees(/\d+ match(es)? · paused · line/, /\d+\/\d+/);
  person.presses('n', 'N', 'escape');
  await person.seesNoMore('/lINE 77');
  person.presses('w');
  await person.sees('wrap · paused · line');
  person.presses('w', 'ctrl-l', '?');
  await person.sees('Keys');
  person.presses('escape');
  await person.seesNoMore('Keys');
  person.presses('f');
  await person.sees('follow ─┐', /◐|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  // All of that was while they came.
  expect(Math.max(...(await shown(person)))).toBeLessThan(LINES);

  await person.sees('› Done ‹', 'lab is ready and active.');
  const spent = {
    ms: performance.now() - begun.at,
    bytes: person.terminal.bytesWritten - begun.bytes,
  };
  // However fast the machine is: no more frames than there is time for, none more than a whole screen.
  const frames = Math.ceil(spent.ms / FRAME_MS) + 1;
  expect(spent.bytes).toBeLessThan(frames * (await bytesOfAFrame(person)));

  // The end of the log is all there, in order, each line once.
  expect((await shown(person)).at(-1)).toBe(LINES);
  const saved = await savedLog(person);
  expect(saved.at(-1)).toContain('lab is ready at https://');
  const numbers = saved.flatMap((line) => numbersIn(line));
  const from = LINES - numbers.length + 1;
  expect(numbers.length).toBeGreaterThan(KEPT_LINES - 200);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => from + index));
});

async function linesWillCome(person: Person): Promise<void> {
  const fault = { kind: 'log-flood', linesPerSecond: LINES_PER_SECOND, forMs: FLOOD_MS } as const;
  await (await person.home.sandbox()).perform({ action: 'addDropletFault', fault });
}

async function shown(person: Person): Promise<readonly number[]> {
  return numbersIn(await person.terminal.screen());
}

function numbersIn(text: string): number[] {
  return Array.from(text.matchAll(FLOOD_LINE), ([, digits]) => Number(digits));
}

/** Everything anew, which is the most that a frame can be. */
async function bytesOfAFrame(person: Person): Promise<number> {
  await person.terminal.waitForQuiet();
  const before = person.terminal.bytesWritten;
  person.presses('ctrl-l');
  await person.terminal.waitForQuiet();
  return person.terminal.bytesWritten - before;
}

async function savedLog(person: Person): Promise<readonly string[]> {
  person.presses('s');
  const screen = await person.isTold('The log is in ');
  const [path = ''] = /\/tmp\/\S+\.log/.exec(screen) ?? [];
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
}
