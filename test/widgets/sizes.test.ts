import { beforeAll, describe, expect, it } from 'vitest';
import { breathe, TestScreen } from '../fixtures/terminal/screen.js';
import { GALLERY, showScene } from './gallery.js';

const SIZES = [
  [1, 1],
  [2, 1],
  [1, 5],
  [3, 3],
  [5, 2],
  [20, 6],
  [59, 17],
  [60, 18],
  [61, 19],
  [80, 24],
  [81, 25],
  [111, 30],
  [120, 40],
  [200, 50],
  [300, 100],
] as const;

beforeAll(async () => {
  await import('blessed-contrib/lib/widget/map.js');
});

describe.each(Object.entries(GALLERY))('%s', (_, scene) => {
  it('survives every size and comes back the same', async () => {
    const screen = new TestScreen({ reducedMotion: true });
    try {
      const shown = showScene(screen.terminal, scene);
      await screen.draw();
      await breathe(10);
      const before = await screen.text();
      for (const [columns, rows] of [...SIZES, ...[...SIZES].reverse()]) {
        await screen.resize(columns, rows);
        const lines = screen.emulator.lines();
        if (columns >= 60 && rows >= 18) expect(lines[0]).toContain('portlama');
        else
          expect('Please enlarge the terminal to 60x18').toContain(
            lines[0]!.slice(0, 30).replace('…', ''),
          );
        for (const key of ['down', 'G', 'up', 'tab', 'right'])
          if (!shown.frame.handleKey(key)) shown.ring.handleKey(key);
      }
      await screen.resize(80, 24);
      expect(screen.emulator.lines()).toHaveLength(24);
      expect(before).not.toBe('');
    } finally {
      screen.dispose();
    }
  });
});

describe('a resize storm', () => {
  it('ends with the picture of the last size and draws once a frame at most', async () => {
    const screen = new TestScreen();
    const still = new TestScreen({ columns: 100, rows: 30 });
    try {
      showScene(screen.terminal, GALLERY['servers']!);
      showScene(still.terminal, GALLERY['servers']!);
      await screen.draw();
      const before = screen.terminal.stats.renders;
      for (let index = 0; index < 200; index += 1) {
        screen.output.columns = 60 + (index % 50);
        screen.output.rows = 18 + (index % 20);
        screen.output.emit('resize');
      }
      await breathe();
      expect(screen.terminal.stats.renders - before).toBeLessThanOrEqual(1);
      await screen.resize(100, 30);
      expect(screen.emulator.screenText()).toBe(await still.text());
    } finally {
      screen.dispose();
      still.dispose();
    }
  });
});
