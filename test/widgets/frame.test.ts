import { describe, expect, it } from 'vitest';
import { Dialog } from '../../src/widgets/dialog.js';
import { FocusRing } from '../../src/widgets/widget.js';
import { Frame, hintLine, type Toast } from '../../src/widgets/frame.js';
import { List } from '../../src/widgets/list.js';
import { plain, width } from '../../src/widgets/markup.js';
import { stepLines } from '../../src/widgets/steps.js';
import { shortStepper, stepper, titleLine } from '../../src/widgets/title-line.js';
import { keyLabel, printable } from '../../src/widgets/terminal/keys.js';
import { checkLines } from '../../src/widgets/checks.js';
import { TestScreen } from '../fixtures/terminal/screen.js';
import { collect } from './placed.js';

describe('the hint line', () => {
  const hints = ['new', 'add an existing one', 'go'].map((label, index) => ({
    keys: ['nag'[index]!],
    label,
  }));

  it('leaves out what does not fit, never a part of it', () => {
    expect(plain(hintLine(hints, 80, false)).trim()).toBe('n new  a add an existing one  g go');
    expect(plain(hintLine(hints, 20, false)).trim()).toBe('n new  g go');
    expect(plain(hintLine(hints, 3, false)).trim()).toBe('');
    for (let columns = 0; columns < 60; columns += 1)
      expect(width(hintLine(hints, columns, false))).toBe(columns);
  });
});

describe('messages', () => {
  const said = (text: string): Toast => ({ style: 'ok', text });

  it('stand one above the other, the last one at the bottom and whole', async () => {
    const screen = new TestScreen({ columns: 60, rows: 18 });
    const frame = new Frame(screen.terminal);
    const long = `a message that needs more than a row ${'word '.repeat(5)}end`;
    frame.set({
      breadcrumb: ['x'],
      hints: [],
      toasts: [said('first'), said('second'), said(long)],
    });
    const shown = (await screen.lines()).slice(-6, -1).map((line) => line.trim());
    expect(shown).toEqual([
      '',
      '✔ first',
      '✔ second',
      '✔ a message that needs more than a row word word word',
      'word word end',
    ]);
    frame.dispose();
  });

  it('leave out the earlier ones that there is no room for', async () => {
    const screen = new TestScreen({ columns: 60, rows: 18 });
    const frame = new Frame(screen.terminal);
    const toasts = [1, 2, 3, 4, 5, 6].map((number) => said(`number ${number}`));
    frame.set({ breadcrumb: ['x'], hints: [], toasts });
    const shown = (await screen.lines()).slice(-6, -1).map((line) => line.trim());
    expect(shown).toEqual(['', ...[3, 4, 5, 6].map((number) => `✔ number ${number}`)]);
    frame.dispose();
  });
});

describe('the title line', () => {
  const parts = {
    breadcrumb: ['portlama', 'Servers'],
    middle: '3 servers',
    right: 'ops@example.com',
  };

  it('drops what is least important first and is never too long', () => {
    expect(plain(titleLine(parts, 80))).toMatch(
      /^ portlama › Servers +3 servers +ops@example.com $/,
    );
    expect(plain(titleLine(parts, 36))).toMatch(/^ portlama › Servers +3 servers *$/);
    expect(plain(titleLine(parts, 22))).toMatch(/^ portlama › Servers *$/);
    for (let columns = 0; columns < 90; columns += 1)
      expect(width(titleLine(parts, columns))).toBe(columns);
  });

  it('cuts a long name where the right is worth more', () => {
    const label = 'a-server-in-frankfurt-with-a-long-name';
    const parts = {
      breadcrumb: ['portlama', label, 'Provisioning'],
      right: ['2m 03s elapsed · about 1m 40s left', '2m 03s elapsed'],
      keepsRight: true,
    };
    const at80 = plain(titleLine(parts, 80));
    expect(at80).toMatch(
      /› a-server-in-fr.*… › Provisioning +2m 03s elapsed · about 1m 40s left $/,
    );
    expect(plain(titleLine(parts, 120))).toContain(`› ${label} › Provisioning`);
    // Too narrow for both: the shorter one of the right.
    expect(plain(titleLine(parts, 60))).toMatch(/› a-serve… › Provisioning +2m 03s elapsed $/);
    for (let columns = 0; columns < 90; columns += 1)
      expect(width(titleLine(parts, columns))).toBe(columns);
  });
});

describe('the badge of the title line', () => {
  const parts = {
    breadcrumb: ['portlama', 'fra1-edge', 'Provisioning'],
    middle: 'a stepper of some length',
    badge: ' SANDBOX ',
    right: ['1:04, usually 5 min', '1:04'],
  };

  it('stays longer than the other texts, and never makes the line too long', () => {
    expect(plain(titleLine(parts, 120))).toMatch(/some length +SANDBOX {2}· 1:04, usually 5 min $/);
    expect(plain(titleLine(parts, 85))).toMatch(/some length +SANDBOX {2}· 1:04 $/);
    expect(plain(titleLine(parts, 40))).toMatch(/^ portlama › fra1-edge › P.*… +SANDBOX {2}$/);
    for (let columns = 24; columns < 120; columns += 1)
      expect(plain(titleLine(parts, columns))).toContain(' SANDBOX ');
    for (let columns = 0; columns < 120; columns += 1)
      expect(width(titleLine(parts, columns))).toBe(columns);
  });
});

describe('overlays', () => {
  it('get the keys, the topmost first, and cover what is below until they close', async () => {
    const screen = new TestScreen();
    const frame = new Frame(screen.terminal);
    const dialog = (title: string): Dialog =>
      new Dialog(screen.terminal, {
        title,
        lines: ['words'],
        buttons: [{ id: title, label: 'OK' }],
      });
    const [first, second] = [dialog('First'), dialog('Second')];
    const chosen = [first, second].map(({ onChoose }) => collect(onChoose));
    frame.set({ breadcrumb: ['portlama'], hints: [] });
    expect(frame.handleKey('enter')).toBe(false);
    const closeFirst = frame.open(first);
    const closeSecond = frame.open(second);
    expect(frame.overlay).toBe(second);
    expect(await screen.text()).toMatch(/Second/);
    expect(await screen.text()).not.toMatch(/First/);
    frame.handleKey('enter');
    closeSecond.dispose();
    closeSecond.dispose();
    expect(await screen.text()).toMatch(/First/);
    frame.handleKey('enter');
    closeFirst.dispose();
    expect(chosen).toEqual([['First'], ['Second']]);
    expect((await screen.text()).trim()).toBe('portlama');
    for (const part of [first, second, frame, screen]) part.dispose();
  });
});

describe('the focus', () => {
  it('goes round those that can have it, both ways', () => {
    const screen = new TestScreen();
    const [a, b, c] = [0, 1, 2].map(() => new List(screen.terminal)) as [List, List, List];
    Object.defineProperty(b, 'focusable', { value: false });
    const ring = new FocusRing([a, b, c]);
    expect(ring.current).toBe(a);
    ring.handleKey('tab');
    expect(ring.current).toBe(c);
    ring.handleKey('tab');
    expect(ring.current).toBe(a);
    ring.handleKey('shift-tab');
    expect(ring.current).toBe(c);
    ring.setWidgets([a, b]);
    expect(ring.current).toBe(a);
    expect(ring.handleKey('f5')).toBe(false);
    for (const part of [a, b, c, screen]) part.dispose();
  });
});

describe('lines', () => {
  it('name keys for people', () => {
    expect(
      ['enter', 'ctrl-c', 'shift-tab', 'up', 'pageup', 'G', 'f5', 'alt-b', 'ctrl-left'].map((key) =>
        keyLabel(key, false),
      ),
    ).toEqual(['⏎', '^C', 'Shift-Tab', '↑', 'PgUp', 'G', 'F5', 'Alt-b', 'Ctrl-←']);
    expect(['enter', 'up', 'escape'].map((key) => keyLabel(key, true))).toEqual([
      'Enter',
      'Up',
      'Esc',
    ]);
    expect(['a', 'space', '日', 'up', 'ctrl-a'].map(printable)).toEqual([
      'a',
      ' ',
      '日',
      undefined,
      undefined,
    ]);
  });

  it('show steps done, current and next', () => {
    expect(plain(stepper(['Token', 'Region', 'Label'], 1))).toBe('✔ Token → ◉ Region → ○ Label');
    expect(plain(shortStepper(['Token', 'Region', 'Label'], 1))).toBe('◉ Region 2/3');
  });

  it('put details beside a check while there is room, else below', () => {
    const checks = [
      { id: 'a', state: 'ok' as const, title: 'token is valid', detail: 'ops@example.com' },
    ];
    expect(checkLines(checks, 60).map(plain)).toEqual([' ✔ token is valid  ops@example.com']);
    expect(checkLines(checks, 30).map(plain)).toEqual([' ✔ token is valid', '   ops@example.com']);
  });

  it('keep the running step, a failure and the outcome in sight', () => {
    const steps = ['done', 'failed', 'skipped'].map((state) => ({
      id: state,
      title: state,
      state: state as 'done',
      error: state === 'failed' ? ['because of this'] : undefined,
    }));
    const { lines, focus } = stepLines({ steps }, 40);
    expect(plain(lines[focus]!)).toContain('because of this');
    const after = stepLines({ steps, outcome: ['droplet destroyed'] }, 40);
    expect(plain(after.lines[after.focus]!)).toContain('droplet destroyed');
  });
});
