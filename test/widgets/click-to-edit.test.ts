import { describe, expect, it } from 'vitest';
import { CardGrid } from '../../src/widgets/card-grid.js';
import { confirmation, Dialog } from '../../src/widgets/dialog.js';
import { Field } from '../../src/widgets/field.js';
import { List } from '../../src/widgets/list.js';
import { LogView } from '../../src/widgets/log-view.js';
import { Palette } from '../../src/widgets/palette.js';
import type { Pressable } from '../../src/widgets/pointer.js';
import { SecretDialog } from '../../src/widgets/secret-dialog.js';
import type { Widget } from '../../src/widgets/widget.js';
import { collect, type Placed, withWidget } from './placed.js';

type Clicked<T> = Placed<T> & {
  /** Clicks `right` columns beside where `what` begins; after double width text by counting columns. */
  readonly click: (what: string, right: number) => Promise<void>;
};

async function withClicks<T extends Widget & Pressable>(
  create: Parameters<typeof withWidget<T>>[0],
  run: (clicked: Clicked<T>) => Promise<void>,
): Promise<void> {
  await withWidget(
    create,
    async (placed) => {
      const { screen, widget } = placed;
      const click = async (what: string, right: number): Promise<void> => {
        const lines = await screen.lines();
        const y = lines.findIndex((line) => line.includes(what));
        expect(y, what).toBeGreaterThanOrEqual(0);
        const target = screen.terminal.stage.at(lines[y]!.indexOf(what) + right, y)?.target;
        widget.handlePress({ target, isDouble: false });
      };
      await run({ ...placed, click });
    },
    { width: 60, height: 20 },
  );
}

describe('a click into typed text', () => {
  it('puts the cursor there, behind the end to the end of it', async () => {
    await withClicks(
      (terminal) => new Field(terminal),
      async ({ widget, press, click }) => {
        widget.set({ label: 'Label' });
        widget.value = 'portlama';
        await click('portlama', 4);
        press('X');
        expect(widget.value).toBe('portXlama');
        await click('portXlama', 30);
        press('Y');
        expect(widget.value).toBe('portXlamaY');
        await click('portXlama', 0);
        press('Z');
        expect(widget.value).toBe('ZportXlamaY');
      },
    );
  });

  it('counts characters of double width, at either half', async () => {
    for (const [right, expected] of [
      [0, 'X日本語ab'],
      [1, 'X日本語ab'],
      [2, '日X本語ab'],
      [3, '日X本語ab'],
      [6, '日本語Xab'],
      [7, '日本語aXb'],
    ] as const)
      await withClicks(
        (terminal) => new Field(terminal),
        async ({ widget, press, click }) => {
          widget.set({ label: 'Label' });
          widget.value = '日本語ab';
          await click('日', right);
          press('X');
          expect(widget.value, String(right)).toBe(expected);
        },
      );
  });

  it('finds the place in a line that is longer than its field', async () => {
    await withClicks(
      (terminal) => new Field(terminal),
      async ({ widget, press, click }) => {
        widget.set({ label: 'Label' });
        widget.value = `${'a'.repeat(80)}0123456789`;
        await click('0123456789', 5);
        press('X');
        expect(widget.value).toBe(`${'a'.repeat(80)}01234X56789`);
      },
    );
  });

  it('keeps a secret edited at its end, wherever its mask is hit', async () => {
    await withClicks(
      (terminal) => new Field(terminal, { secret: true }),
      async ({ widget, press, click }) => {
        widget.set({ label: 'Token' });
        press('"abc');
        await click('••••', 2);
        press('d');
        expect(widget.take()).toBe('abcd');
      },
    );
  });

  it('works in a path, and goes to the field that was hit', async () => {
    await withClicks(
      (terminal) =>
        new SecretDialog(terminal, {
          title: 'Import',
          lines: [],
          fields: [
            { label: 'File', shown: { initial: '~/client.p12' } },
            { label: 'Password' },
            { label: 'Name', shown: { initial: 'lab' } },
          ],
          problem: undefined,
          busy: undefined,
          submit: 'Import',
          cancel: 'Cancel',
        }),
      async ({ widget, press, click }) => {
        const submitted = collect(widget.onSubmit);
        await click('lab', 1);
        press('X');
        await click('~/client', 2);
        press('"old-');
        await click('Password', 3);
        press('tab', '"pass');
        await click('••••', 1);
        press('"word', 'enter', 'enter');
        expect(submitted).toEqual([['~/old-client.p12', 'password', 'lXab']]);
      },
    );
  });

  it('works in a text that is typed to confirm', async () => {
    await withClicks(
      (terminal) =>
        new Dialog(terminal, {
          ...confirmation({ title: 'Destroy?', lines: [], yes: 'Destroy' }),
          typed: { prompt: 'Type edge', expected: 'edge' },
        }),
      async ({ widget, press, click }) => {
        const chosen = collect(widget.onChoose);
        press('"ege');
        await click('ege', 1);
        press('d', 'enter');
        expect(chosen).toEqual(['yes']);
      },
    );
  });

  it('works in the palette, in a filter, a search and over cards', async () => {
    await withClicks(
      (terminal) => new Palette(terminal, { title: 'Commands' }),
      async ({ widget, press, click }) => {
        const asked = collect(widget.onQuery);
        press('"hlp');
        await click('hlp', 1);
        press('e');
        expect(asked.at(-1)).toBe('help');
      },
    );
    await withClicks(
      (terminal) => new List(terminal),
      async ({ widget, press, click }) => {
        widget.set({ columns: [{ width: { share: 1 } }], rows: [{ id: 'a', cells: ['fra1'] }] });
        press('/', '"fa1', 'enter');
        await click('/fa1', 2);
        press('r');
        expect(widget.filter).toBe('fra1');
      },
    );
    await withClicks(
      (terminal) => new LogView(terminal),
      async ({ press, click, text }) => {
        press('/', '"fa1');
        await click('/fa1', 2);
        press('r');
        expect(await text()).toContain('/fra1');
      },
    );
    await withClicks(
      (terminal) => new CardGrid(terminal),
      async ({ widget, press, click, text }) => {
        widget.set({ cards: [{ id: 'fra1', title: 'Frankfurt 1', rows: [] }] });
        press('/', '"fa');
        await click('/fa', 2);
        press('r');
        expect(await text()).toContain('/fra');
      },
    );
  });
});

describe('a click on a row', () => {
  it('finds it at either half of a double width character', async () => {
    await withClicks(
      (terminal) => new List(terminal),
      async ({ widget, click }) => {
        widget.set({
          columns: [{ width: { share: 1 } }],
          rows: ['a', 'b'].map((id) => ({ id, cells: [`${id}日本`] })),
        });
        await click('b日', 1);
        expect(widget.selected).toBe('b');
        await click('a日', 2);
        expect(widget.selected).toBe('a');
      },
    );
  });
});
