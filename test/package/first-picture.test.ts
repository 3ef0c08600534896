import { chmodSync, chownSync, existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  bareEnvironment,
  cacheFile,
  firstFrame,
  LAST_ROW,
  writeThreeServers,
} from '../fixtures/first-frame.js';
import { PICTURE_FILE } from '../../src/main/first-picture.js';
import { pictureKeeper } from '../../src/main/keep-picture.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { MAIN } from '../fixtures/program.js';
import { RunningProgram } from '../screens/fixtures/running-program.js';
import { type PtyProgram, ptyProgram } from '../fixtures/terminal/pty-program.js';

const HOOK = resolve(import.meta.dirname, '../fixtures/stop-at-frame.cjs');
/** Ends the last line of the frame. */
const FOOTER = 'q quit';
const NOBODY = 65_534;

let home: string;
let picture: string;
let kept: Buffer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'portlama-picture-'));
  picture = cacheFile(home, 'frame.picture');
  await writeThreeServers(home);
  await keep();
});

afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

async function keep(): Promise<void> {
  await firstFrame(home, { keeps: true });
  kept = await readFile(picture);
}

interface Choices {
  readonly columns?: number;
  readonly rows?: number;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the program, which stands still once its first frame, or the picture of it, is on the screen. */
async function stopped({
  columns = 100,
  rows = 30,
  args = [],
  env = {},
}: Choices = {}): Promise<PtyProgram> {
  const program = ptyProgram({
    command: [process.execPath, '--require', HOOK, MAIN, ...args],
    columns,
    rows,
    env: { ...bareEnvironment(home), STOP_WORD: LAST_ROW, ...env },
  });
  await program.waitFor(FOOTER);
  return program;
}

/** Stands still with the picture of an earlier start, before the program is loaded. */
async function pictured(choices: Choices = {}): Promise<PtyProgram> {
  expect(await firstFrame(home, { picture: true, ...choices })).toMatchObject({ isPicture: true });
  return await stopped(choices);
}

function cellsOf({ emulator }: PtyProgram): unknown {
  return Array.from({ length: emulator.rows }, (_row, y) =>
    Array.from({ length: emulator.columns }, (_column, x) => emulator.cellAt(x, y)),
  );
}

it.each([
  [80, 24],
  [120, 40],
])('is the first frame of the same start, cell by cell, at %dx%d', async (columns, rows) => {
  await rm(picture);
  const frame = await stopped({ columns, rows });
  const drawn = cellsOf(frame);
  const { cursorHidden } = frame.emulator;
  await frame.kill();
  await firstFrame(home, { keeps: true, columns, rows });
  const shown = await pictured({ columns, rows });
  try {
    expect(cellsOf(shown)).toEqual(drawn);
    expect(shown.emulator).toMatchObject({ alternate: true, cursorHidden });
    const before = shown.output.length;
    shown.signal('SIGCONT');
    await shown.waitFor('cert. needed');
    // The frame itself is not drawn again.
    const after = shown.output.slice(before);
    expect(after).not.toMatch(/\[2J|\?1049h/);
    expect(after).not.toContain(LAST_ROW);
  } finally {
    await shown.kill();
  }
});

it('is followed by a frame that answers the key typed at it already', async () => {
  await keep();
  const program = await pictured();
  try {
    expect(program.emulator.screenText()).toMatch(/› \S  alpha/);
    program.press('j');
    const before = program.output.length;
    program.signal('SIGCONT');
    await program.waitFor(/› \S  bravo/);
    // The program's first own frame is another one than the picture, and takes its place.
    const [first] = program.output.slice(before).split(LAST_ROW);
    expect(program.output.slice(before)).toContain(LAST_ROW);
    expect(first).toMatch(/›[^›]*bravo/);
  } finally {
    await program.kill();
  }
});

it.each([
  ['is kept of a first frame before any key', ''],
  ['is not kept of a first frame that answers a key', 'j'],
])('%s', async (_, typed) => {
  const folder = await mkdtemp(join(tmpdir(), 'portlama-picture-'));
  const program = new RunningProgram(new FakeWorld({ servers: [EDGE, LAB] }));
  try {
    const { terminal } = program.screen;
    const start = { home: folder, key: '', shown: undefined };
    const keepFrame = pictureKeeper(start, terminal, program.app.store);
    program.screen.input.write(typed);
    await program.settle();
    await program.screen.draw();
    await keepFrame();
    expect(existsSync(join(folder, 'cache', PICTURE_FILE))).toBe(typed === '');
  } finally {
    program.dispose();
    await rm(folder, { recursive: true });
  }
});

it('is private, and holds no more than the screen', async () => {
  await keep();
  expect((await lstat(picture)).mode & 0o777).toBe(0o600);
  expect(kept.toString()).not.toContain('client.p12');
});

it.each<[string, Choices]>([
  ['another terminal', { env: { TERM: 'xterm' } }],
  ['no colours', { env: { NO_COLOR: '1' } }],
  ['another locale', { env: { LC_ALL: 'C' } }],
  ['another theme', { env: { PORTLAMA_THEME: 'light' } }],
  ['another option', { args: ['--ascii'] }],
  ['another width', { columns: 101 }],
])('is not shown with %s', async (_, choices) => {
  expect((await firstFrame(home, { picture: true, ...choices })).isPicture).toBe(false);
});

it.each<[string, () => unknown]>([
  ['its day is over', () => changeHead({ until: Date.now() })],
  ['the clock was put back', () => changeHead({ from: Date.now() + 3_600_000 })],
  ['it is cut off', () => writeFile(picture, kept.subarray(0, -9))],
  ['others may read it', () => chmodSync(picture, 0o640)],
])('is not shown when %s', async (_, spoil) => {
  await spoil();
  expect((await firstFrame(home, { picture: true })).isPicture).toBe(false);
  chmodSync(picture, 0o600);
  await writeFile(picture, kept);
  expect((await firstFrame(home, { picture: true })).isPicture).toBe(true);
});

it.skipIf(process.getuid?.() !== 0)(
  'is not shown when another user put it there, and replaced',
  async () => {
    chownSync(picture, NOBODY, NOBODY);
    expect((await firstFrame(home, { picture: true, keeps: true })).isPicture).toBe(false);
    expect((await lstat(picture)).uid).toBe(0);
    expect((await firstFrame(home, { picture: true })).isPicture).toBe(true);
  },
);

it.each<[string, () => Promise<unknown>]>([
  ['the list', renameServer],
  [
    'its order',
    () => writeFile(inHome('screen.json'), '{"sort":{"column":"label","descending":true}}'),
  ],
  ['the colours and keys', () => writeFile(inHome('config.toml'), 'mouse = true\n')],
  ['the operations', () => mkdir(inHome('operations/any'), { recursive: true, mode: 0o700 })],
])('is not shown once %s changed, and then replaced', async (_, change) => {
  await change();
  expect((await firstFrame(home, { picture: true, keeps: true })).isPicture).toBe(false);
  expect((await firstFrame(home, { picture: true })).isPicture).toBe(true);
});

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'gives the terminal back on %s before the program is there',
  async (signal) => {
    const program = await pictured();
    program.signal(signal);
    program.signal('SIGCONT');
    await program.waitForExit();
    expect(program.emulator).toMatchObject({ alternate: false, cursorHidden: false });
    expect(program.emulator.modes.bracketedPasteMode).toBe(false);
    await program.kill();
  },
);

it('gives the terminal back when the program cannot be loaded, and leaves the reason on it', async () => {
  const program = await pictured({ env: { STOP_BREAK: '1' } });
  program.signal('SIGCONT');
  expect(await program.waitForExit()).toBe(1);
  expect(program.emulator).toMatchObject({ alternate: false, cursorHidden: false });
  expect(program.emulator.screenText()).toContain('cannot be loaded');
  await program.kill();
});

it('keeps keys for the program, and off the picture', async () => {
  const program = await pictured();
  program.press('down', '?');
  program.signal('SIGCONT');
  await program.waitFor('Esc close');
  // An echo would be there before the program has written anything.
  const ahead = program.output.slice(0, program.output.indexOf('\x1b]11;?'));
  const bytes = await readFile(picture);
  expect(bytes.toString('utf8', bytes.indexOf('\n') + 1)).toBe(ahead + ahead);
  await program.kill();
});

it('is drawn anew in the size that the window has by then', async () => {
  const program = await pictured();
  program.resize(80, 24);
  program.signal('SIGCONT');
  const isSmall = (screen: string): boolean => /^└─{78}┘$/.test(screen.split('\n')[20] ?? '');
  await program.waitFor((screen) => isSmall(screen) && screen.includes('cert. needed'));
  await program.kill();
});

it('stays away from plain lines', async () => {
  const program = ptyProgram({
    command: [process.execPath, MAIN, '--plain'],
    env: bareEnvironment(home),
  });
  await program.waitFor(LAST_ROW);
  expect(program.output).not.toContain('\x1b[?1049h');
  await program.kill();
});

function inHome(name: string): string {
  return join(home, '.portlama', name);
}

async function renameServer(): Promise<void> {
  const list = await readFile(inHome('servers.json'), 'utf8');
  await writeFile(inHome('servers.json'), list.replace('bravo', 'delta'));
}

async function changeHead(change: object): Promise<void> {
  const end = kept.indexOf('\n');
  const head = { ...JSON.parse(kept.toString('utf8', 0, end)), ...change };
  await writeFile(picture, Buffer.concat([Buffer.from(JSON.stringify(head)), kept.subarray(end)]));
}
