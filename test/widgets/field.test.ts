import { describe, expect, it } from 'vitest';
import { Field } from '../../src/widgets/field.js';
import { collect, withWidget } from './placed.js';

describe('a field', () => {
  it('edits, tells every change, and leaves keys that are not its own', async () => {
    await withWidget(
      (terminal) => new Field(terminal),
      async ({ widget, press, text }) => {
        widget.set({ label: 'Label', placeholder: 'portlama-fra1', note: 'lowercase' });
        const changes = collect(widget.onChange);
        expect(await text()).toMatch(/Label[^]*portlama-fra1[^]*lowercase/);
        press('"edge', 'left', 'X', 'ctrl-a', 'q');
        expect(widget.value).toBe('qedgXe');
        expect(changes).toEqual(['e', 'ed', 'edg', 'edge', 'edgXe', 'qedgXe']);
        for (const key of ['escape', 'tab', 'shift-tab', 'up', 'down', 'ctrl-c', 'ctrl-l', 'enter'])
          expect(press(key), key).toBe(false);
        for (const key of ['q', '?', ':', '/', 'space', 'home', 'left', 'ctrl-w'])
          expect(press(key), key).toBe(true);
        widget.set({ label: 'Label', problem: 'Lowercase letters only.' });
        expect(await text()).toContain('✖ Lowercase letters only.');
      },
    );
  });

  it.each([
    ['name', 69],
    ['address', 80],
  ] as const)('of the kind %s is no wider than %s columns', async (kind, columns) => {
    await withWidget(
      (terminal) => new Field(terminal, { kind }),
      async ({ widget, text }) => {
        widget.set({ label: 'Label', note: 'word '.repeat(40).trim() });
        const [top = '', ...rest] = (await text()).split('\n');
        expect(top).toMatch(/^┌ Label ─+┐$/);
        expect(top).toHaveLength(columns);
        for (const line of rest) expect(line.length).toBeLessThanOrEqual(96);
      },
      { columns: 200, rows: 24 },
    );
  });

  it('submits with Enter once somebody listens', async () => {
    await withWidget(
      (terminal) => new Field(terminal),
      async ({ widget, press }) => {
        const submitted = collect(widget.onSubmit);
        expect(press('enter')).toBe(true);
        expect(submitted).toHaveLength(1);
      },
    );
  });

  it('takes 10 kB in one paste and draws it once', async () => {
    await withWidget(
      (terminal) => new Field(terminal),
      async ({ widget, screen }) => {
        const changes = collect(widget.onChange);
        screen.terminal.onPaste((pasted) => widget.handlePaste(pasted));
        await screen.draw();
        const { renders } = screen.terminal.stats;
        await screen.send(`\x1b[200~${'0123456789\n'.repeat(1_000)}\x1b[201~`);
        await screen.draw();
        expect(widget.value).toBe('0123456789'.repeat(1_000));
        expect(changes).toHaveLength(1);
        expect(screen.terminal.stats.renders - renders).toBeLessThanOrEqual(2);
      },
    );
  });
});

describe('a secret', () => {
  const secret = 'dop_v1_0123456789abcdef';

  it('is never drawn, and its mask does not tell its length', async () => {
    await withWidget(
      (terminal) => new Field(terminal, { secret: true }),
      async ({ widget, screen, text }) => {
        widget.set({ label: 'API token' });
        widget.handlePaste(`  ${secret}\r\n`);
        const long = await text();
        expect(widget.value).toBe('');
        widget.clear();
        for (const key of 'ab') widget.handleKey(key);
        expect(await text()).toBe(long);
        expect(long).toContain('••••••••');
        expect(screen.written).not.toContain(secret.slice(0, 8));
      },
    );
  });

  it('is handed out once and then forgotten', async () => {
    await withWidget(
      (terminal) => new Field(terminal, { secret: true }),
      async ({ widget, text }) => {
        widget.set({ label: 'API token' });
        const changes = collect(widget.onChange);
        widget.handlePaste(secret);
        expect(widget.isEmpty).toBe(false);
        expect(widget.take()).toBe(secret);
        expect([widget.isEmpty, widget.take()]).toEqual([true, '']);
        expect(await text()).not.toContain('•');
        expect(changes).toEqual(['']);
      },
    );
  });
});
