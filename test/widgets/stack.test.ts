import { describe, expect, it } from 'vitest';
import { Checks } from '../../src/widgets/checks.js';
import { placements } from '../../src/widgets/layout.js';
import { Paragraph } from '../../src/widgets/paragraph.js';
import { stack, stackHeights, type StackPart } from '../../src/widgets/stack.js';
import { withWidget } from './placed.js';

const item = { place: () => undefined };
const PARTS: readonly StackPart[] = [
  { item, rows: 3, gives: { order: 2, least: 0 } },
  { item, rows: (columns) => (columns < 60 ? 6 : 4), gives: { order: 3, least: 4 } },
  { item, rows: 1 },
  { item, rows: 1, gives: { order: 1, least: 0 } },
  { item, rows: 2, grows: true },
];

describe('a stack', () => {
  it('gives each part what it holds, and the rest to the one that grows', () => {
    expect(stackHeights(PARTS, 80, 20)).toEqual([3, 4, 1, 1, 11]);
    expect(stackHeights(PARTS, 50, 20)).toEqual([3, 6, 1, 1, 9]);
  });

  it('takes first from what is needed least, and from what cannot give only at the end', () => {
    expect(stackHeights(PARTS, 50, 12)).toEqual([3, 6, 1, 0, 2]);
    expect(stackHeights(PARTS, 50, 10)).toEqual([1, 6, 1, 0, 2]);
    expect(stackHeights(PARTS, 50, 8)).toEqual([0, 5, 1, 0, 2]);
    expect(stackHeights(PARTS, 50, 6)).toEqual([0, 4, 1, 0, 1]);
    expect(stackHeights(PARTS, 50, 0)).toEqual([0, 0, 0, 0, 0]);
  });

  it('places what has room, one below the other', () => {
    const area = { left: 2, top: 1, width: 50, height: 8 };
    const placed = placements(stack(...PARTS), area).map(({ area: { top, height } }) => [
      top,
      height,
    ]);
    expect(placed).toEqual([
      [1, 5],
      [6, 1],
      [7, 2],
    ]);
  });
});

async function lines(text: () => Promise<string>): Promise<string[]> {
  return (await text()).split('\n').map((line) => line.trimEnd());
}

const LINES = ['one', 'two', 'three', 'four', 'five'];

describe('lines without room', () => {
  it('are cut where they cannot scroll', async () => {
    await withWidget(
      (terminal) => new Paragraph(terminal),
      async ({ widget, press, text }) => {
        widget.set({ lines: LINES });
        expect(await lines(text)).toEqual(['one', 'two', 'three']);
        press('end');
        expect(widget.focusable).toBe(false);
        expect(await lines(text)).toEqual(['one', 'two', 'three']);
      },
      { width: 12, height: 3 },
    );
  });

  it('have a bar beside them and scroll, until there is room', async () => {
    await withWidget(
      (terminal) => new Paragraph(terminal, { scrolls: true }),
      async ({ widget, press, text }) => {
        widget.set({ lines: LINES });
        expect(await lines(text)).toEqual(['one        ┃', 'two        ┃', 'three      │']);
        expect(widget.focusable).toBe(true);
        press('end');
        expect(await lines(text)).toEqual(['three      │', 'four       ┃', 'five       ┃']);
        widget.set({ lines: LINES.slice(3) });
        expect(await lines(text)).toEqual(['four', 'five']);
        expect(widget.focusable).toBe(false);
      },
      { width: 12, height: 3 },
    );
  });

  it('of checks say less about what is well before they scroll', async () => {
    await withWidget(
      (terminal) => new Checks(terminal),
      async ({ widget, text }) => {
        widget.set({
          checks: [
            { id: 'a', state: 'ok', title: 'valid', detail: 'somebody@example.com' },
            { id: 'b', state: 'failed', title: 'missing', lines: ['Make a new one.'] },
          ],
        });
        expect(await lines(text)).toEqual([' ✔ valid', ' ✖ missing', '   Make a new one.']);
      },
      { width: 30, height: 3 },
    );
  });
});
