import { describe, expect, it } from 'vitest';
import * as fc from '../fixtures/fast-check.js';
import { type Column, COLUMN_GAP, placeColumns } from '../../src/widgets/columns.js';
import {
  Arrangement,
  columns,
  distribute,
  type Extent,
  inset,
  placements,
  type Rect,
  responsive,
  rows,
  stack,
  stackHeights,
  type StackPart,
} from '../../src/widgets/layout.js';
import { Checks } from '../../src/widgets/checks.js';
import { Paragraph } from '../../src/widgets/paragraph.js';
import { withWidget } from './placed.js';

class Item {
  area: Rect | undefined;
  constructor(readonly name: string) {}
  place(area: Rect | undefined): void {
    this.area = area;
  }
}

const AREA: Rect = { left: 0, top: 1, width: 100, height: 20 };
const [a, b, c] = [new Item('a'), new Item('b'), new Item('c')];

describe('layouts', () => {
  it('puts side by side and one below the other, in one layer', () => {
    const layout = columns([rows([a, 3], [b, { share: 1 }]), 40], [c, { share: 1 }]);
    expect(placements(layout, { ...AREA, layer: 7 })).toEqual([
      { item: a, area: { left: 0, top: 1, width: 40, height: 3, layer: 7 } },
      { item: b, area: { left: 0, top: 4, width: 40, height: 17, layer: 7 } },
      { item: c, area: { left: 40, top: 1, width: 60, height: 20, layer: 7 } },
    ]);
  });

  it('insets and chooses by the room there is', () => {
    expect(placements(inset(a, { x: 2, y: 1 }), AREA)[0]?.area).toEqual({
      left: 2,
      top: 2,
      width: 96,
      height: 18,
    });
    const choice = responsive(({ width }) => (width > 110 ? columns([a, 1], [b, 1]) : c));
    expect(placements(choice, AREA).map(({ item }) => item)).toEqual([c]);
    expect(placements(choice, { ...AREA, width: 120 }).map(({ item }) => item)).toEqual([a, b]);
  });

  it('hides what a new layout or size leaves out', () => {
    const arrangement = new Arrangement(columns([a, { share: 1 }], [b, { share: 1 }]));
    arrangement.place(AREA);
    arrangement.setLayout(columns([a, { share: 1 }], [c, { share: 1 }]));
    expect([a.area?.width, b.area, c.area?.left]).toEqual([50, undefined, 50]);
    arrangement.place(undefined);
    expect([a.area, b.area, c.area]).toEqual([undefined, undefined, undefined]);
  });
});

const extent: fc.Arbitrary<Extent> = fc.oneof(
  fc.nat(60),
  fc.record({
    share: fc.integer({ min: 1, max: 5 }),
    min: fc.nat(20),
    max: fc.integer({ min: 20, max: 90 }),
  }),
  fc.record({ share: fc.integer({ min: 1, max: 5 }) }),
);

describe('distribute', () => {
  it('never gives more than there is, and all of it when something takes any amount', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(extent, { minLength: 1, maxLength: 6 }), (total, parts) => {
        const sizes = distribute(total, parts);
        const sum = sizes.reduce((one, other) => one + other, 0);
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0);
        expect(sum).toBeLessThanOrEqual(total);
        if (
          parts.some(
            (part) => typeof part !== 'number' && part.max === undefined && part.min === undefined,
          )
        )
          expect(sum).toBe(total);
      }),
    );
  });

  it('keeps to bounds and gives the others the rest', () => {
    expect(distribute(100, [{ share: 1, max: 20 }, { share: 1 }])).toEqual([20, 80]);
    expect(distribute(100, [{ share: 1, min: 70 }, { share: 1 }])).toEqual([70, 30]);
    expect(distribute(10, [4, 4, 4])).toEqual([4, 4, 2]);
  });
});

describe('columns of a list', () => {
  const servers: Column[] = [
    { width: 1 },
    { width: 'content', min: 10, drop: 9 },
    { width: 'content', drop: 2 },
    { width: 8, align: 'right', drop: 5 },
    { width: { share: 1 }, min: 6, drop: 1 },
  ];
  const widest = [0, 20, 12, 0, 0];

  it('gives everything its room when there is enough', () => {
    expect(placeColumns(servers, widest, 100).map(({ width }) => width)).toEqual([
      1, 20, 12, 8, 51,
    ]);
  });

  it('shrinks contents first, then drops the least important', () => {
    const shown = (room: number): number[] =>
      placeColumns(servers, widest, room).map(({ index }) => index);
    expect(shown(50)).toEqual([0, 1, 2, 3, 4]);
    expect(placeColumns(servers, widest, 50)[1]?.width).toBe(15);
    expect(shown(40)).toEqual([0, 1, 2, 3]);
    expect(shown(30)).toEqual([0, 1, 3]);
    expect(shown(16)).toEqual([0, 1]);
    expect(shown(5)).toEqual([0]);
  });

  it('fills free cells with a lesser column where a better one has no room', () => {
    const list: Column[] = [
      { width: 'content', min: 12 },
      { width: 'content', drop: 2 },
      { width: 8, drop: 1 },
    ];
    const shown = (room: number): number[][] =>
      placeColumns(list, [30, 15, 0], room).map(({ index, width }) => [index, width]);
    expect(shown(60)).toEqual([
      [0, 30],
      [1, 15],
      [2, 8],
    ]);
    expect(shown(39)).toEqual([
      [0, 12],
      [1, 15],
      [2, 8],
    ]);
    expect(shown(28)).toEqual([
      [0, 18],
      [2, 8],
    ]);
    expect(shown(10)).toEqual([[0, 10]]);
  });

  it('gives no room to what no row has, and cuts nothing for what is spare', () => {
    const list: Column[] = [
      { width: 'content', min: 5 },
      { width: 'content', max: 6, drop: 2 },
      { width: 'content', drop: 1, spare: true },
    ];
    const shown = (badge: number, room: number): number[] =>
      placeColumns(list, [20, badge, 10], room).map(({ index }) => index);
    expect(shown(6, 40)).toEqual([0, 1, 2]);
    expect(shown(6, 39)).toEqual([0, 1]);
    expect(shown(0, 39)).toEqual([0, 2]);
    expect(placeColumns(list, [3, 0, 0], 39)).toEqual([{ index: 0, left: 0, width: 3 }]);
  });

  it('never runs over the room it has', () => {
    fc.assert(
      fc.property(
        fc.nat(150),
        fc.array(fc.nat(60), { minLength: 5, maxLength: 5 }),
        (room, contents) => {
          const places = placeColumns(servers, contents, room);
          let end = -COLUMN_GAP;
          for (const place of places) {
            expect(place.left).toBe(end + COLUMN_GAP);
            end = place.left + place.width;
          }
          if (places.length > 1) expect(end).toBeLessThanOrEqual(Math.max(room, 1));
        },
      ),
    );
  });
});

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
