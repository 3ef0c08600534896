import { describe, expect, it } from 'vitest';
import { List, type ListData } from '../../src/widgets/list.js';
import { text } from '../../src/widgets/markup.js';
import { collect, withWidget } from './placed.js';

const data = (ids: readonly string[]): ListData => ({
  columns: [{ width: 'content' }, { width: { share: 1 } }],
  rows: ids.map((id) => ({ id, cells: [id, `state of ${id}`] })),
  empty: 'No servers.',
});
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `s${index}`);

describe('the selection', () => {
  it('moves by keys and stays within the list', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press }) => {
        widget.set(data(ids(50)));
        const moves = collect(widget.onSelect);
        const at = (...keys: string[]): string | undefined => (press(...keys), widget.selected);
        expect(at()).toBe('s0');
        expect(at('up')).toBe('s0');
        expect(at('down', 'j')).toBe('s2');
        expect(at('k')).toBe('s1');
        expect(at('G')).toBe('s49');
        expect(at('down')).toBe('s49');
        expect(at('g')).toBe('s0');
        expect(moves).toEqual(['s0', 's1', 's2', 's1', 's49', 's0']);
      },
      { height: 10 },
    );
  });

  it('pages by what is visible', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press, text }) => {
        widget.set(data(ids(50)));
        await text();
        press('pagedown');
        expect(widget.selected).toBe('s10');
        press('ctrl-u');
        expect(widget.selected).toBe('s5');
      },
      { height: 10 },
    );
  });

  it('follows the id when rows are sorted again, and takes the neighbour when it is gone', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press, text }) => {
        widget.set(data(['a', 'b', 'c', 'd']));
        const moves = collect(widget.onSelect);
        press('down', 'down');
        widget.set(data(['d', 'c', 'b', 'a']));
        expect(widget.selected).toBe('c');
        expect(await text()).toContain('› c');
        widget.set(data(['d', 'b', 'a']));
        expect(widget.selected).toBe('b');
        widget.set(data([]));
        await Promise.resolve();
        expect([widget.selected, moves]).toEqual([undefined, ['b', 'c', undefined]]);
        expect(await text()).toContain('No servers.');
        expect(press('enter')).toBe(false);
      },
    );
  });

  it('does not tell about changed rows before whoever changed them is through', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget }) => {
        const moves = collect(widget.onSelect);
        widget.set(data(['a']));
        expect(moves).toEqual([]);
        await Promise.resolve();
        expect(moves).toEqual(['a']);
        widget.select('a');
        await Promise.resolve();
        expect(moves).toEqual(['a']);
      },
    );
  });

  it('is activated by Enter and Space', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press }) => {
        widget.set(data(['a', 'b']));
        const activated = collect(widget.onActivate);
        press('down', 'enter', 'up', 'space');
        expect(activated).toEqual(['b', 'a']);
        expect(press('x')).toBe(false);
      },
    );
  });
});

describe('the filter', () => {
  it('narrows as it is typed, keeps the selected row if it can, and takes all keys but Tab', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press, text }) => {
        widget.set(data(['alpha', 'beta', 'gamma', 'alphabet']));
        press('G', '/', 'a', 'l', 'P');
        expect(widget.filter).toBe('alP');
        expect(widget.selected).toBe('alphabet');
        expect(await text()).toMatch(/alpha[^]*alphabet[^]*\/alP {3}2 of 4/);
        expect(await text()).not.toContain('beta ');
        press('up');
        expect(widget.selected).toBe('alpha');
        expect(press('tab')).toBe(false);
        press('enter');
        expect(press('q')).toBe(false);
        press('/', 'x', 'y');
        expect(await text()).toContain('nothing matches “alPxy”');
        press('escape');
        expect([widget.filter, widget.selected]).toEqual(['', 'alpha']);
        expect(press('escape')).toBe(false);
      },
    );
  });

  it('takes a paste while it is typed', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press }) => {
        widget.set(data(['alpha', 'beta']));
        expect(widget.handlePaste('beta')).toBe(false);
        press('/');
        widget.handlePaste('be\nta');
        expect([widget.filter, widget.selected]).toEqual(['beta', 'beta']);
      },
    );
  });
});

describe('1,000 rows', () => {
  it('cleans and formats only what is visible, and draws a move in few bytes', async () => {
    await withWidget(
      (terminal) => new List(terminal),
      async ({ widget, press, screen }) => {
        let asked = 0;
        const rows = ids(1_000).map((id) => ({
          id,
          cells: [
            text(id),
            Object.defineProperty({ ...text('x') }, 'spans', {
              get: () => ((asked += 1), text(`state of ${id}`).spans),
            }) as ReturnType<typeof text>,
          ],
        }));
        widget.set({ columns: [{ width: 6 }, { width: { share: 1 } }], rows });
        await screen.draw();
        expect(asked).toBeGreaterThan(0);
        expect(asked).toBeLessThan(24 * 20);
        await screen.bytesSince();
        const before = asked;
        press('down');
        await screen.draw();
        expect(await screen.bytesSince()).toBeLessThan(700);
        // The row that the cursor left and the one that it came to.
        expect(asked - before).toBe(2);
      },
    );
  });
});
