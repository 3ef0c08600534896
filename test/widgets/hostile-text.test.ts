import { beforeAll, describe, expect, it } from 'vitest';
import { ASCII_PLAIN, TestScreen, UTF8_256 } from '../fixtures/terminal/screen.js';
import { GALLERY, showScene } from './gallery.js';

/** What labels, API messages and installer output could hold. */
const PAYLOADS: Readonly<Record<string, string>> = {
  'escape sequences':
    'a\x1b[31mred\x1b[2J\x1b[5;5Hb\x1b]0;owned\x07c\x1b]8;;http://evil\x1b\\d\x1bc',
  'unfinished sequences': 'a\x1b]52;c;aGVsbG8=\x1b[\x1bP1;2\x1b_x',
  C1: 'a\x9b31mred\x9b2Jb\x9d0;owned\x9cc\x90q\x9c\x85d',
  controls: 'a\0b\x07c\bd\x0be\x0ff\x7fg\rh\ni\tj',
  'blessed tags': '{red-fg}a{/red-fg}{open}b{close}{bold}c{/}{center}d{|}e',
  'bidi controls': 'a\u202eevil\u202c\u2066b\u2069\u200fc\u061cd',
  'right to left': 'שלום עולם مرحبا بالعالم',
  combining: `e\u0301a\u0308${'o\u0302\u0323\u0304\u0305\u0306\u0307'.repeat(3)} n\u0303`,
  'leading mark': '\u0301\u0302x',
  'spacing marks': 'हिन्दी क्षत्रिय தமிழ் ไทยนี้',
  wide: '日本語のサーバー 한국어 中文伺服器名稱',
  emoji: '🚀 👨‍👩‍👧‍👦 👍🏽 🇩🇪 ⚠️ ✅ ❤️ 1️⃣ ✨ ⏩',
  'odd widths': 'ｆｕｌｌ ﷽ 𒐫 ‱ ꧅ \u{1F1E6} \ue0b0 \u{20000} ㎏ ｱ',
  'lone surrogates': 'a\ud800b\udc00c',
  'a 10 kB line': 'x'.repeat(10_000),
  '10 kB of wide characters': '漢'.repeat(5_000),
};

beforeAll(async () => {
  await import('blessed-contrib/lib/widget/map.js');
});

/** Where the borders of the outermost panels are: they must not depend on any text. */
const SCENES = Object.entries(GALLERY).filter(([name]) => !/confirm|help|palette|over/.test(name));
const OVERLAYS = Object.entries(GALLERY).filter(([name]) => /confirm|help|palette|over/.test(name));

describe.each(Object.entries(PAYLOADS))('%s', (_, payload) => {
  const words = (text: string): string => payload + text + payload;

  it.each(SCENES)('does not shift a border of %s', async (_, scene) => {
    for (const env of [UTF8_256, ASCII_PLAIN]) {
      const screen = new TestScreen({ env });
      try {
        showScene(screen.terminal, scene, { words });
        const lines = await screen.lines();
        const side = env === UTF8_256 ? '│' : '|';
        for (let y = 2; y <= 20; y += 1) {
          expect(screen.cellAt(0, y).chars, lines.join('\n')).toBe(side);
          expect(screen.cellAt(79, y).chars, lines.join('\n')).toBe(side);
        }
        expectHarmless(screen.written);
      } finally {
        screen.dispose();
      }
    }
  });

  it.each(OVERLAYS)('keeps the box of %s closed', async (_, scene) => {
    const screen = new TestScreen({ columns: 100, rows: 30 });
    try {
      showScene(screen.terminal, scene, { words });
      const lines = await screen.lines();
      expectHarmless(screen.written);
      expectClosedBox(screen, lines);
    } finally {
      screen.dispose();
    }
  });
});

describe('terminals that see widths differently', () => {
  it.each(['6', '11'])('Unicode %s', async (version) => {
    const screen = new TestScreen();
    screen.emulator.useUnicode(version);
    try {
      const words = (text: string): string => `🚀⌚日本${text} ✨ हिन्दी`;
      const shown = showScene(screen.terminal, GALLERY['servers']!, { words });
      await screen.draw();
      // Redrawing a part is where a wrong idea of the cursor's place would show.
      shown.ring.handleKey('down');
      const lines = await screen.lines();
      for (let y = 2; y <= 20; y += 1)
        expect(screen.cellAt(79, y).chars, lines.join('\n')).toBe('│');
      expect(lines[3]).toContain('198.51.100.7');
    } finally {
      screen.dispose();
    }
  });
});

/** Nothing of a payload's sequences got through. What blessed and the cells write has no such forms. */
function expectHarmless(written: string): void {
  expect(written).not.toMatch(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(written).not.toContain('\x1b]0;');
  expect(written).not.toContain('\x1b]52;');
  expect(written).not.toContain('evil\x1b');
  expect(written).not.toContain('\x1b[31m');
  expect(written.split('\x1b[2J').length, 'clears the screen once').toBeLessThanOrEqual(2);
  expect(written).not.toContain('\x1bc');
  expect(written).not.toContain('\x07');
}

/** From the topmost corner of the box in front: its right side is where its top right corner is. */
function expectClosedBox(screen: TestScreen, lines: readonly string[]): void {
  const cells = (y: number): string[] =>
    Array.from({ length: 100 }, (_, x) => screen.cellAt(x, y).chars);
  const middle = 15;
  const row = cells(middle);
  const left = row.findIndex((chars, x) => x > 0 && chars === '│');
  const right = row.findLastIndex((chars, x) => x < 99 && chars === '│');
  expect(right - left, lines.join('\n')).toBeGreaterThan(30);
  for (let y = middle; cells(y)[left] !== '└'; y += 1) {
    expect(y, lines.join('\n')).toBeLessThan(29);
    expect(cells(y)[left], lines.join('\n')).toBe('│');
    expect(cells(y)[right], lines.join('\n')).toBe('│');
  }
}
