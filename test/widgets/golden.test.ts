import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawColours, drawText, expectGolden } from '../fixtures/terminal/golden.js';
import { ASCII_PLAIN, breathe, TestScreen, UTF8_256 } from '../fixtures/terminal/screen.js';
import { GALLERY, showScene } from './gallery.js';

const FOLDER = join(import.meta.dirname, 'golden');
const NOW = Date.UTC(2026, 10, 23, 14, 0, 0);
const SIZES = [
  [80, 24],
  [120, 40],
] as const;
const KINDS = [
  ['colour', UTF8_256, drawColours],
  ['ascii', ASCII_PLAIN, drawText],
] as const;

/** Maps load what draws them first; here that was done before. */
beforeAll(async () => {
  await import('blessed-contrib/lib/widget/map.js');
});

describe.each(Object.entries(GALLERY))('%s', (name, scene) => {
  it.each(SIZES)('at %ix%i', async (columns, rows) => {
    for (const [kind, env, draw] of KINDS) {
      const clock = { now: () => NOW, monotonic: () => 0, sleep: () => Promise.resolve() };
      const screen = new TestScreen({ columns, rows, env, clock });
      try {
        showScene(screen.terminal, scene, { now: NOW });
        await screen.draw();
        await breathe(10);
        await screen.draw();
        const drawn = draw(screen.emulator);
        if (kind === 'ascii') expect(drawn).toMatch(/^[\x20-\x7e\n]*$/);
        const still = drawn.replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋').replace(/^\| [|/\\-] (?=Inst)/m, '| | ');
        expectGolden(still, join(FOLDER, `${name}-${columns}x${rows}-${kind}.txt`));
      } finally {
        screen.dispose();
      }
    }
  });
});
