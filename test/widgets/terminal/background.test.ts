import { afterEach, expect, it, vi } from 'vitest';
import { PALETTES } from '../../../src/widgets/palettes.js';
import {
  breathe,
  TestScreen,
  type TestScreenOptions,
  UTF8_256,
  UTF8_PLAIN,
} from '../../fixtures/terminal/screen.js';
import { GALLERY, showScene } from '../gallery.js';

const QUERY = '\x1b]11;?';
const WHITE = '\x1b]11;rgb:ffff/ffff/ffff\x07';
const BLACK = '\x1b]11;rgb:0000/0000/0000\x1b\\';
const screens: TestScreen[] = [];

afterEach(() => {
  for (const screen of screens.splice(0)) screen.dispose();
});

/** The list of servers; the `p` of `portlama` at the top is drawn in the accent's colour. */
async function open(options: TestScreenOptions = {}): Promise<TestScreen> {
  const screen = new TestScreen(options);
  screens.push(screen);
  showScene(screen.terminal, GALLERY['servers']!);
  await screen.draw();
  return screen;
}

function accentOf(screen: TestScreen): number | undefined {
  return screen.cellAt(1, 0).fg;
}

it('draws at once, then in the theme of the background that the terminal tells', async () => {
  const screen = await open();
  expect(screen.written).toContain(QUERY);
  expect(accentOf(screen)).toBe(PALETTES.unknown[256].accent.fg);
  const before = await screen.text();
  await screen.send(WHITE);
  expect(await screen.text()).toBe(before);
  expect(accentOf(screen)).toBe(PALETTES.light[256].accent.fg);
});

it('takes an answer in pieces, and no piece for a key', async () => {
  const screen = await open();
  const keys: string[] = [];
  screen.terminal.onKey((key) => keys.push(key));
  for (const char of BLACK) await screen.send(char);
  await screen.send('q');
  await screen.draw();
  expect(accentOf(screen)).toBe(PALETTES.dark[256].accent.fg);
  expect(keys).toEqual(['q']);
});

it('swallows further answers and what is no colour', async () => {
  const screen = await open();
  const keys: string[] = [];
  screen.terminal.onKey((key) => keys.push(key));
  await screen.send('\x1b]11;what?\x07');
  await screen.send(BLACK);
  await screen.send(WHITE);
  await screen.draw();
  expect(accentOf(screen)).toBe(PALETTES.dark[256].accent.fg);
  expect(keys).toEqual([]);
});

it('swallows an answer that comes after 3 seconds, and keeps its theme', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const screen = new TestScreen();
    screens.push(screen);
    showScene(screen.terminal, GALLERY['servers']!);
    vi.advanceTimersByTime(3_000);
    vi.useRealTimers();
    await screen.draw();
    expect(screen.written).toContain(QUERY);
    const before = await screen.text();
    const keys: string[] = [];
    screen.terminal.onKey((key) => keys.push(key));
    await screen.send(WHITE);
    await screen.draw();
    expect(accentOf(screen)).toBe(PALETTES.unknown[256].accent.fg);
    expect(await screen.text()).toBe(before);
    expect(keys).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

it.each([
  ['with a theme of its own', { theme: 'light' }, false],
  ['without colours', { env: UTF8_PLAIN }, false],
  ['where the question would be drawn', { env: { ...UTF8_256, TERM: 'linux' } }, false],
  ['through screen', { env: { ...UTF8_256, TERM: 'screen-256color', STY: '1.pts' } }, true],
] as const)('asks the terminal %s: %j %s', async (_, options, asks) => {
  const screen = await open(options);
  expect(screen.written.includes(QUERY)).toBe(asks);
  const before = accentOf(screen);
  await screen.send(WHITE);
  await screen.draw();
  expect(accentOf(screen) === before).toBe(!asks);
});

it('paints every cell in high contrast, also where nothing is drawn, at another size and after Ctrl-L', async () => {
  const screen = await open({ theme: 'high-contrast' });
  const { bg, fg } = PALETTES['high-contrast'][256].text;
  const isPainted = (): boolean =>
    Array.from({ length: screen.emulator.rows }, (_, y) =>
      Array.from({ length: screen.emulator.columns }, (_each, x) => screen.cellAt(x, y).bg),
    ).every((row) => row.every((colour) => colour !== undefined));
  expect(isPainted()).toBe(true);
  expect(screen.cellAt(0, 0)).toMatchObject({ bg, fg });
  await screen.resize(120, 40);
  expect(isPainted()).toBe(true);
  screen.terminal.redraw();
  await breathe();
  await screen.draw();
  expect(isPainted()).toBe(true);
});
