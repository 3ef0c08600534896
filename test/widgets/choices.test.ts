import { describe, expect, it } from 'vitest';
import { Buttons, EmptyState } from '../../src/widgets/buttons.js';
import { CardGrid } from '../../src/widgets/card-grid.js';
import { confirmation, Dialog } from '../../src/widgets/dialog.js';
import { Help } from '../../src/widgets/help.js';
import { Palette } from '../../src/widgets/palette.js';
import { collect, withWidget } from './placed.js';

const question = confirmation({
  title: 'Destroy fra1-edge?',
  lines: ['All its data are deleted.'],
  yes: 'Destroy',
});
const typed = {
  ...question,
  typed: { prompt: 'Type fra1-edge to confirm', expected: 'fra1-edge' },
};

describe('a dialog', () => {
  it('begins with the harmless button', async () => {
    await withWidget(
      (terminal) => new Dialog(terminal, question),
      async ({ widget, press }) => {
        const chosen = collect(widget.onChoose);
        press('enter', 'right', 'enter', 'tab', 'space', 'h', 'l', 'space');
        expect(chosen).toEqual(['no', 'yes', 'no', 'yes']);
      },
    );
  });

  it('answers by its letter', async () => {
    await withWidget(
      (terminal) => new Dialog(terminal, question),
      async ({ widget, press }) => {
        const chosen = collect(widget.onChoose);
        press('y', 'n');
        expect(chosen).toEqual(['yes', 'no']);
      },
    );
  });

  it('closes with Esc without choosing, and lets no key through', async () => {
    await withWidget(
      (terminal) => new Dialog(terminal, question),
      async ({ widget, press }) => {
        const [chosen, closed] = [collect(widget.onChoose), collect(widget.onClose)];
        for (const key of ['q', 'x', ':', 'f1', 'escape']) expect(press(key), key).toBe(true);
        expect([chosen, closed.length]).toEqual([[], 1]);
      },
    );
  });

  it('does not destroy before the text is typed exactly', async () => {
    await withWidget(
      (terminal) => new Dialog(terminal, typed),
      async ({ widget, press }) => {
        const chosen = collect(widget.onChoose);
        press('tab', 'enter', 'space', '"fra1-edg', 'enter', 'x', 'enter');
        expect(chosen).toEqual([]);
        press('backspace', 'e', 'enter');
        expect(chosen).toEqual(['yes']);
        // Without the text the harmless button has the focus again.
        press('ctrl-u', 'enter');
        expect(chosen).toEqual(['yes', 'no']);
        widget.handlePaste('fra1-edge\n');
        press('enter');
        expect(chosen).toEqual(['yes', 'no', 'yes']);
      },
    );
  });

  it('stays open over a wrong text, says so, and takes what is typed on', async () => {
    await withWidget(
      (terminal) => new Dialog(terminal, typed),
      async ({ widget, press, text }) => {
        const [chosen, closed] = [collect(widget.onChoose), collect(widget.onClose)];
        press('"fra1-edg', 'enter');
        expect(await text()).toContain('✖ Type fra1-edge to confirm, not "fra1-edg"');
        press('d', 'q', 'enter', 'space');
        expect([chosen, closed]).toEqual([[], []]);
        press('backspace', 'backspace', 'backspace', 'e', 'enter');
        expect(chosen).toEqual(['yes']);
        // Moving to "No" and pressing it is a choice.
        press('x', 'left', 'enter');
        expect(chosen).toEqual(['yes', 'no']);
      },
    );
  });

  it.each(['hunter2', 'fra1-edge and more'])(
    'takes no other paste for the text: %s',
    async (pasted) => {
      await withWidget(
        (terminal) => new Dialog(terminal, typed),
        async ({ widget, press, text }) => {
          const chosen = collect(widget.onChoose);
          widget.handlePaste(pasted);
          press('enter');
          expect(chosen).toEqual(['no']);
          expect(await text()).not.toContain(pasted);
        },
      );
    },
  );

  it('scrolls what is too long for the screen, with the buttons in sight', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}.`);
    await withWidget(
      (terminal) => new Dialog(terminal, { ...question, lines }),
      async ({ press, text }) => {
        expect(await text()).toMatch(/line 0\.[^]*\[ Destroy \]/);
        press('G');
        expect(await text()).toMatch(/line 59\.[^]*\[ Destroy \]/);
      },
    );
  });
});

describe('buttons', () => {
  it('press what is selected, and say why a disabled one cannot be', async () => {
    await withWidget(
      (terminal) => new Buttons(terminal),
      async ({ widget, press, text }) => {
        widget.set({
          buttons: [
            { id: 'a', label: 'Validate' },
            { id: 'b', label: 'Next', disabled: 'validate first' },
          ],
        });
        const pressed = collect(widget.onPress);
        press('enter', 'right', 'enter');
        expect(pressed).toEqual(['a']);
        expect(await text()).toContain('validate first');
        expect(press('up')).toBe(false);
      },
    );
  });
});

describe('a card grid', () => {
  const cards = (ids: string) =>
    Array.from(ids, (id) => ({ id, title: `Region ${id}`, rows: [{ left: id, right: '9 ms' }] }));

  it('moves in two directions and stops at the edges', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards: cards('abcdefgh') });
        await text();
        const at = (...keys: string[]): string | undefined => (press(...keys), widget.selected);
        expect(at('right', 'l', 'down')).toBe('f');
        expect(at('down')).toBe('h');
        expect(at('down')).toBe('h');
        expect(at('up')).toBe('e');
        expect(at('left', 'h', 'h')).toBe('b');
        expect(at('G')).toBe('h');
        expect(at('home')).toBe('a');
        expect(at('left')).toBe('a');
      },
    );
  });

  it('goes with the fastest until the person has moved, then with the person', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards: cards('abc'), suggested: 'b' });
        expect(widget.selected).toBe('b');
        widget.set({ cards: cards('cab'), suggested: 'c' });
        expect(widget.selected).toBe('c');
        await text();
        const moves = collect(widget.onSelect);
        press('right');
        widget.set({ cards: cards('bca'), suggested: 'b' });
        expect([widget.selected, moves]).toEqual(['a', ['a']]);
        expect(await text()).toContain('┏ › Region a');
        widget.set({ cards: cards('bc'), suggested: 'b' });
        expect(widget.selected).toBe('b');
      },
    );
  });

  it('scrolls to the selected card', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards: cards('abcdefghijklmnopqrstuvwxyz') });
        await text();
        press('G');
        expect(await text()).toContain('Region z');
        expect(await text()).not.toContain('Region a');
      },
    );
  });
});

describe('the palette', () => {
  it('asks for what is typed and chooses from what was found', async () => {
    await withWidget(
      (terminal) => new Palette(terminal, { title: 'Commands' }),
      async ({ widget, press, text }) => {
        const [asked, chosen] = [collect(widget.onQuery), collect(widget.onChoose)];
        widget.set({
          items: [
            { id: 'a', label: 'Add', keys: [] },
            { id: 'b', label: 'Back', keys: [], disabled: 'not here' },
            { id: 'c', label: 'Copy', keys: ['ctrl-y'] },
          ],
        });
        press('down', 'enter', 'down', 'enter', '"ad', 'enter');
        expect([asked, chosen]).toEqual([
          ['a', 'ad'],
          ['c', 'a'],
        ]);
        expect(await text()).toMatch(/Copy +\^Y/);
        widget.set({ items: [] });
        press('enter');
        expect(chosen).toHaveLength(2);
        expect(await text()).toContain('nothing found');
      },
    );
  });
});

describe('help', () => {
  it('scrolls and closes with Esc, q or ?', async () => {
    await withWidget(
      (terminal) => new Help(terminal),
      async ({ widget, press, text }) => {
        widget.set({
          title: 'Keys',
          groups: [
            {
              title: 'All',
              entries: Array.from({ length: 40 }, (_, index) => ({
                keys: ['enter'],
                label: `does ${index}.`,
              })),
            },
          ],
        });
        expect(await text()).toContain('⏎  does 0.');
        press('G');
        expect(await text()).toContain('does 39.');
        const closed = collect(widget.onClose);
        press('escape', 'q', '?');
        expect(closed).toHaveLength(3);
      },
    );
  });
});

describe('the empty state', () => {
  it('chooses', async () => {
    await withWidget(
      (terminal) => new EmptyState(terminal),
      async ({ widget, press }) => {
        widget.set({
          title: 'None',
          lines: [],
          choices: [
            { id: 'a', label: 'A' },
            { id: 'b', label: 'B' },
          ],
        });
        const chosen = collect(widget.onChoose);
        press('enter', 'down', 'down', 'space', 'k', 'enter');
        expect(chosen).toEqual(['a', 'b', 'a']);
        expect(press('n')).toBe(false);
      },
    );
  });
});

describe('letters typed over cards', () => {
  const cards = ['ams3 Amsterdam 3', 'fra1 Frankfurt 1', 'lon1 London 1', 'syd1 Sydney 1'].map(
    (name) => ({
      id: name.slice(0, 4),
      title: name.slice(5),
      facts: name.startsWith('syd') ? 'Australia' : 'Europe',
      rows: [{ left: name.slice(0, 4) }],
    }),
  );

  it('search by the start of a word, in a line of their own; Esc clears it', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards });
        await text();
        const chosen = collect(widget.onSelect);
        press('f', 'r', 'a');
        expect(widget.typing).toBe(true);
        expect(widget.selected).toBe('fra1');
        expect(await text()).toMatch(/\/fra +1 of 4/);
        expect(await text()).not.toContain('London');
        press('backspace', 'backspace', 'backspace', '"euro');
        expect(await text()).toMatch(/\/euro +3 of 4/);
        press('right', 'right');
        expect(widget.selected).toBe('lon1');
        expect(chosen).toEqual(['fra1', 'lon1']);
        expect(press('escape')).toBe(true);
        expect([widget.typing, widget.selected]).toEqual([false, 'lon1']);
        expect(await text()).toContain('Sydney 1');
        expect(await text()).not.toContain('/euro');
        expect(press('escape')).toBe(false);
      },
    );
  });

  it('say that nothing matches, and choose nothing then', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards });
        const activated = collect(widget.onActivate);
        press('/', '"quito');
        expect(await text()).toContain('No card matches “quito”');
        expect(press('enter')).toBe(true);
        expect(activated).toEqual([]);
        press('escape', '/', '"lon', 'enter');
        expect(activated).toEqual(['lon1']);
        expect(await text()).not.toContain('/lon');
      },
    );
  });

  it('move where they are keys for that, and are keys of the screen where no name begins so', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards });
        await text();
        const at = (...keys: string[]): string | undefined => (press(...keys), widget.selected);
        expect(at('l')).toBe('fra1');
        expect(at('l')).toBe('lon1');
        expect(at('h', 'h', 'h')).toBe('ams3');
        expect(at('l', 'o')).toBe('lon1');
        expect(at('escape', 's', 'y')).toBe('syd1');
        press('escape');
        expect(press('q')).toBe(false);
        expect(press('r')).toBe(false);
      },
    );
  });

  it('search where no name begins so and no command takes them, with all letters typed', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, text }) => {
        widget.set({ cards: cards.filter(({ id }) => id !== 'lon1'), noun: 'region' });
        await text();
        for (const key of 'lond') if (!press(key)) widget.handleSpareKey();
        expect(await text()).toContain('No region matches “lond”.');
        expect(await text()).toMatch(/\/lond +0 of 3/);
        press('escape');
        expect(await text()).toContain('Sydney 1');
      },
    );
  });
});

describe('details of cards', () => {
  const cards = Array.from('abcdef', (id) => ({
    id,
    title: `Region ${id}`,
    rows: [{ left: id }],
    details: [{ left: `country ${id}` }, { left: 'from $4' }],
  }));

  it('are on them as far as all cards keep their place', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, text }) => {
        widget.set({ cards });
        expect(widget.rowsAt({ width: 80, height: 24 })).toBe(2 * 5);
        expect(widget.rowsAt({ width: 80, height: 9 })).toBe(2 * 4);
        expect(widget.rowsAt({ width: 80, height: 6 })).toBe(6);
        expect(widget.leastRowsAt(80)).toBe(2 * 3);
        expect(await text()).toContain('from $4');
        widget.place({ left: 0, top: 0, width: 80, height: 9 });
        expect(await text()).toContain('country f');
        expect(await text()).not.toContain('from $4');
      },
    );
  });

  it('widen few cards rather than leave the room beside them', async () => {
    await withWidget(
      (terminal) => new CardGrid(terminal),
      async ({ widget, text }) => {
        widget.set({ cards: cards.slice(0, 3) });
        expect((await text()).split('\n')[0]).toHaveLength(78);
      },
    );
  });
});
