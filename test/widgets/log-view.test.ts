import { describe, expect, it } from 'vitest';
import { LogView } from '../../src/widgets/log-view.js';
import { collect, withWidget } from './placed.js';

const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ text: `line ${from + index}.` }));

const SIZE = { height: 10 };

/** Without the scroll bar. */
const bare = (text: string): string => text.replaceAll('█', '').replace(/ +$/gm, '');

describe('following', () => {
  it('shows the end until the person scrolls up, and again from the end on', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        widget.append(lines(0, 100));
        expect(bare(await text())).toMatch(/^ line 90\.[^]*line 99\.$/);
        press('up', 'up');
        expect(widget.state.follow).toBe(false);
        widget.append(lines(100, 50));
        expect(bare(await text())).toMatch(/^ line 88\.[^]*line 97\.$/);
        press('pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown');
        expect(widget.state.follow).toBe(true);
        widget.append(lines(150, 1));
        expect(bare(await text())).toMatch(/line 150\.$/);
        press('g');
        expect(bare(await text())).toMatch(/^ line 0\./);
        press('f');
        expect(bare(await text())).toMatch(/line 150\.$/);
      },
      SIZE,
    );
  });

  it('keeps what is looked at in place while older lines are dropped', async () => {
    await withWidget(
      (terminal) => new LogView(terminal, { capacity: 100 }),
      async ({ widget, press, text }) => {
        widget.append(lines(0, 100));
        await text();
        press('pageup', 'pageup');
        expect(bare(await text())).toMatch(/^ line 70\./);
        widget.append(lines(100, 60));
        expect(bare(await text())).toMatch(/^ line 70\./);
        widget.append(lines(160, 60));
        expect(bare(await text())).toMatch(/^ line 70\.[^]*line 79\.$/);
        widget.append(lines(220, 600));
        expect(bare(await text())).toMatch(/^ line 70\.[^]*line 79\.$/);
        expect(widget.state.lines).toBe(100);
        press('down');
        expect(bare(await text())).toMatch(/^ line 721\./);
        press('end');
        expect(bare(await text())).toMatch(/line 819\.$/);
        press('home');
        expect(bare(await text())).toMatch(/^ line 720\./);
      },
      SIZE,
    );
  });
});

describe('another size', () => {
  it('keeps the end in view where that was, and the top elsewhere', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        const resize = (height: number) => widget.place({ left: 0, top: 0, width: 80, height });
        widget.append(lines(0, 100));
        await text();
        widget.showEnd();
        expect(bare(await text())).toMatch(/^ line 90\.[^]*line 99\.$/);
        resize(3);
        expect(bare(await text())).toMatch(/^ line 97\.[^]*line 99\.$/);
        resize(10);
        expect(bare(await text())).toMatch(/^ line 90\.[^]*line 99\.$/);
        press('up');
        await text();
        resize(3);
        expect(bare(await text())).toMatch(/^ line 89\./);
      },
      SIZE,
    );
  });

  it('keeps a failure or a match in view until a key scrolls', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        const resize = (height: number) => widget.place({ left: 0, top: 0, width: 80, height });
        widget.append([...lines(0, 4), { text: 'error: it failed', isFailure: true }]);
        widget.append(lines(5, 5));
        await text();
        widget.showFailure();
        expect(bare(await text())).toMatch(/^ line 0\.[^]*line 9\.$/);
        resize(3);
        expect(bare(await text())).toMatch(/^ line 3\.\n error: it failed\n line 5\.$/);
        press('down', 'down', 'down', 'down');
        expect(bare(await text())).toMatch(/^ line 7\./);
        resize(4);
        expect(bare(await text())).not.toContain('error: it failed');
      },
      SIZE,
    );
  });
});

describe('search', () => {
  it('finds regardless of case, goes round with n and N, and tells where', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, screen, text }) => {
        widget.append([
          ...lines(0, 50),
          { text: 'An ERROR here' },
          ...lines(51, 30),
          { text: 'error again' },
        ]);
        await text();
        press('g', '/', '"error', 'enter');
        expect(bare(await text())).toMatch(/An ERROR here[^]*\/error {2}1\/2/);
        const y = screen.emulator.lines().findIndex((line) => line.includes('ERROR'));
        expect(screen.cellAt(4, y).bg).toBe(24);
        expect(screen.cellAt(1, y).bg).toBeUndefined();
        press('n');
        expect(bare(await text())).toMatch(/error again[^]*2\/2/);
        press('n');
        expect(bare(await text())).toMatch(/1\/2/);
        press('N');
        expect(bare(await text())).toMatch(/2\/2/);
        widget.append([{ text: 'third error' }]);
        expect(widget.state).toMatchObject({ search: 'error', matches: 3, follow: false });
        press('escape');
        expect(bare(await text())).not.toContain('/error');
        expect(press('escape')).toBe(false);
      },
      SIZE,
    );
  });

  it('takes every key while it is typed', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press }) => {
        widget.append(lines(0, 5));
        press('/', 'f', 'w', 'q', 'enter');
        expect(widget.state).toMatchObject({ search: 'fwq', matches: 0, wrap: false });
      },
    );
  });
});

describe('long lines', () => {
  const long = `start ${'word '.repeat(40)}end.`;

  it('are cut, moved sideways, or wrapped', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        widget.append([{ text: long }]);
        expect(bare(await text())).toMatch(/^ start [^\n]*…$/);
        press('right');
        expect(bare(await text())).not.toContain('start');
        const states = collect(widget.onState);
        press('w');
        expect(states.at(-1)?.wrap).toBe(true);
        expect(bare(await text())).toMatch(/^ start[^]*end\.$/);
        expect((await text()).split('\n')).toHaveLength(3);
      },
    );
  });

  it('begin below their own text on the next rows, with what is searched for marked', async () => {
    await withWidget(
      (terminal) => new LogView(terminal, { wrap: true }),
      async ({ widget, press, screen, text }) => {
        widget.append([{ time: '14:00:07', text: long }]);
        const rows = (await text()).split('\n');
        expect(rows[0]).toMatch(/^ 14:00:07 start word/);
        for (const row of rows.slice(1)) expect(row).toMatch(/^ {10}\w/);
        press('/', 'e', 'n', 'd', '.', 'enter');
        await text();
        const y = screen.emulator.lines().findIndex((line) => line.includes('end.'));
        const x = screen.emulator.lines()[y]!.indexOf('end.');
        expect(screen.cellAt(x, y).bg).toBe(24);
      },
    );
  });

  it('scroll by rows when wrapped', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        widget.append([{ text: 'x '.repeat(600) + 'end.' }, ...lines(0, 3)]);
        press('w');
        const rows = (await text()).split('\n');
        expect(rows).toHaveLength(10);
        expect(rows[9]).toContain('line 2.');
        press('up');
        expect((await text()).split('\n')[9]).toContain('line 1.');
        press('g');
        expect((await text()).split('\n')[0]).toMatch(/^ x x/);
      },
      SIZE,
    );
  });
});

describe('what went wrong', () => {
  it('is brought into view with the lines before it, at the size it is drawn in', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, text }) => {
        widget.append(lines(0, 50));
        expect(widget.showFailure()).toBe(false);
        widget.append([{ text: 'error: it failed', isFailure: true }, ...lines(51, 50)]);
        expect(widget.showFailure()).toBe(true);
        expect(bare(await text())).toMatch(
          /^ line 47\.\n line 48\.\n line 49\.\n error: it failed\n/,
        );
        expect(widget.state).toMatchObject({ follow: false, at: 57, lines: 101 });
      },
      SIZE,
    );
  });
});

describe('the scroll bar', () => {
  it('is where the page is, and not there when all is in view', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, text }) => {
        widget.append(lines(0, 10));
        expect(await text()).not.toContain('█');
        widget.append(lines(10, 90));
        expect((await text()).split('\n').map((row) => row.endsWith('█'))).toEqual([
          ...Array<boolean>(9).fill(false),
          true,
        ]);
        press('g');
        expect((await text()).split('\n')[0]).toMatch(/█$/);
      },
      SIZE,
    );
  });
});

describe('10,000 lines a second', () => {
  it('costs a frame what is visible, not what came in', async () => {
    await withWidget(
      (terminal) => new LogView(terminal),
      async ({ widget, press, screen, text }) => {
        await text();
        const { renders } = screen.terminal.stats;
        for (let index = 0; index < 100; index += 1) widget.append(lines(index * 100, 100));
        expect(bare(await text())).toMatch(/line 9999\.$/);
        expect(screen.terminal.stats.renders - renders).toBeLessThanOrEqual(2);
        expect(widget.state.lines).toBe(10_000);
        widget.append(lines(10_000, 1));
        press('home');
        expect(bare(await text())).toMatch(/^ line 1\.$/m);
      },
    );
  });
});
