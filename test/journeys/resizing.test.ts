import { expect, it } from 'vitest';
import { sshNeverAnswers, regionsAreFarApart } from './circumstances.js';
import { aPerson, type Person } from './person.js';
import { steady } from './steady.js';

const RESIZES = 200;
const SMALLEST = { columns: 60, rows: 18 };
const LARGEST = { columns: 300, rows: 100 };
/** One in so many is too small for the screens. */
const TOO_SMALL_EVERY = 9;
/** Between two sizes; a window that is dragged sends more than are drawn. */
const PAUSE_MS = 4;
/** Longer than one sample of any region. */
const MEASURED_MS = 1_500;

const SIZES = [
  ['80x24', 80, 24],
  ['120x40', 120, 40],
] as const;

it('comes through storms of resizing on every screen, with the very picture of the last size', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  await regionsAreFarApart(person);
  await sshNeverAnswers(person);
  // Drawn by the journey that creates a server, where nothing is resized.
  await survives(person, 'create-SIZE-1-empty');
  person.presses('n');
  await survives(person, 'create-SIZE-2-token');
  person.presses('enter');
  await person.sees('› Next ‹');
  await survives(person, 'create-SIZE-3-checked');
  person.presses('enter');
  await person.sees('no measurement');
  await person.seesNoMore('measuring');
  // Every region has an answer; the later samples come without a word.
  await person.terminal.waitForQuiet(MEASURED_MS);
  await survives(person, 'create-SIZE-4-region');
  person.presses('enter');
  await survives(person, 'create-SIZE-5-label');
  person.presses('enter');
  await person.sees('› Create server ‹');

  person.presses('enter');
  await person.sees(/droplet is active at/, 'Connecting via SSH');
  await survives(person, 'resizing-SIZE-running');
  person.presses('x');
  await person.sees('› Keep going ‹');
  await survives(person, 'resizing-SIZE-cancel');
  person.presses('tab', 'enter');
  await person.sees('› Retry ‹');
  await survives(person, 'resizing-SIZE-cancelled');
  person.presses('enter');
  await person.sees('› Done ‹');
  await survives(person, 'resizing-SIZE-done');
  person.presses('enter');
  await person.sees(/ACTIVE +online/, 'client.p12, expires ');
  // A chart joins the details with the second answer of the panel, whenever that is.
  await storm(person, 1);
  await survives(person, 'resizing-SIZE-online', SIZES.slice(0, 1));
  person.presses('q');
  await person.isBack();
});

/** What opens it, a word on it, and what closes it. */
const ABOVE: readonly (readonly [name: string, keys: readonly string[], word: string])[] = [
  ['help', ['?'], 'Keys'],
  ['palette', [':'], 'Commands'],
  ['activity', ['L'], 'Activity'],
  ['destroy', ['d'], 'Destroy lab?'],
  ['add', ['a'], 'Panel URL'],
];

it('comes through storms of resizing below everything that opens above the list', async () => {
  const person = await aPerson();
  await person.home.hasServers('lab');
  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  await person.seesNoMore('while you were away');
  for (const [name, keys, word] of ABOVE) {
    person.resizes(80, 24);
    person.presses(...keys);
    await person.sees(word);
    await person.seesScreen(`resizing-${name}`);
    await storm(person, name.length);
    person.resizes(80, 24);
    await person.sees(word);
    await person.seesScreen(`resizing-${name}`);
    person.presses('escape');
    await person.seesNoMore(word);
  }
});

it('shows the doctor, who names this machine, after a storm of resizing as before it', async () => {
  const person = await aPerson();
  await person.home.hasServers('lab');
  person.opens();
  await person.sees(/lab +ACTIVE +online/);
  await person.seesNoMore('while you were away');
  person.resizes(80, 24);
  person.presses('D');
  await person.sees(
    'Nothing needs attention. Press r to check again.',
    'portlama-tui 0.1.0, Node.js',
  );
  const picture = (): string => steady(person.terminal.emulator.screenText());
  const before = picture();
  await storm(person, 7);
  person.resizes(80, 24);
  await person.terminal.waitFor(() => picture() === before);
  person.presses('escape');
  await person.seesNoMore('Doctor');
});

it('says in one line that the terminal is too small, and works again once it is not', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  for (const [columns, rows] of [
    [59, 24],
    [80, 17],
    [40, 10],
    [300, 5],
  ] as const) {
    person.resizes(columns, rows);
    const words = `Please enlarge the terminal to 60x18 (now ${columns}x${rows}).`;
    await person.sees(words.slice(0, columns - 1));
    expect((await person.terminal.lines()).filter((line) => line !== '')).toHaveLength(1);
    // Whoever knows the keys can still use them.
    person.presses('?');
    person.resizes(80, 24);
    await person.sees('Keys');
    person.presses('escape');
    await person.seesNoMore('Keys');
  }
});

/** At each of the sizes (both when left out) the same picture before a storm and after it. */
async function survives(person: Person, name: string, sizes = SIZES.slice()): Promise<void> {
  for (const [size, columns, rows] of sizes) {
    const screen = name.replace('SIZE', size);
    person.resizes(columns, rows);
    await person.seesScreen(screen);
    await storm(person, columns);
    person.resizes(columns, rows);
    await person.seesScreen(screen);
  }
}

async function storm(person: Person, seed: number): Promise<void> {
  const random = randomFrom(seed);
  for (let count = 1; count <= RESIZES; count += 1) {
    const small = count % TOO_SMALL_EVERY === 0;
    const columns = small
      ? between(10, 59, random)
      : between(SMALLEST.columns, LARGEST.columns, random);
    const rows = small ? between(2, 17, random) : between(SMALLEST.rows, LARGEST.rows, random);
    person.resizes(columns, rows);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  expect(person.terminal.exitCode).toBeUndefined();
}

function between(least: number, most: number, random: () => number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** The same storm each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
