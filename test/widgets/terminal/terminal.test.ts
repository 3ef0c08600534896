import { describe, expect, it } from 'vitest';
import { ASCII_256, breathe, TestScreen, UTF8_256 } from '../../fixtures/terminal/screen.js';
import { TERMS } from '../../fixtures/terminal/terms.js';
import { GALLERY, showScene } from '../gallery.js';
import { openTerminal } from '../../../src/widgets/terminal/screen-terminal.js';
import { terminalProblem } from '../../../src/widgets/terminal/terminal.js';
import { link, text } from '../../../src/widgets/markup.js';
import { Surface } from '../../../src/widgets/surface.js';

async function within(
  options: ConstructorParameters<typeof TestScreen>[0],
  run: (screen: TestScreen) => Promise<void>,
): Promise<void> {
  const screen = new TestScreen(options);
  try {
    await run(screen);
  } finally {
    screen.dispose();
  }
}

describe('taking and giving back', () => {
  it('takes the alternate screen, raw keys and paste mode, and gives all of it back', async () => {
    await within({ mouse: true }, async (screen) => {
      await screen.emulator.write('$ portlama-tui\r\n');
      showScene(screen.terminal, GALLERY['servers']!);
      await screen.draw();
      expect(screen.input.isRaw).toBe(true);
      expect(screen.emulator.alternate).toBe(true);
      expect(screen.emulator.modes).toMatchObject({
        bracketedPasteMode: true,
        sendFocusMode: true,
        mouseTrackingMode: 'vt200',
      });

      screen.terminal.restore();
      await screen.catchUp();
      expect(screen.input.isRaw).toBe(false);
      expect(screen.emulator.alternate).toBe(false);
      expect(screen.emulator.modes).toMatchObject({
        bracketedPasteMode: false,
        sendFocusMode: false,
        mouseTrackingMode: 'none',
        applicationCursorKeysMode: false,
        applicationKeypadMode: false,
        wraparoundMode: true,
      });
      expect(screen.emulator.cursorHidden).toBe(false);
      expect(screen.emulator.lines()[0]).toBe('$ portlama-tui');
      expect(screen.emulator.cursor).toEqual({ x: 0, y: 1 });
      await screen.emulator.write('x');
      expect(screen.cellAt(0, 1)).toMatchObject({ chars: 'x', fg: undefined, bold: false });
    });
  });

  it('writes nothing more after it was restored, however often', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      await screen.draw();
      screen.terminal.restore();
      await breathe();
      const { written } = screen;
      screen.terminal.restore();
      screen.terminal.dispose();
      screen.terminal.requestRender();
      screen.terminal.flush();
      screen.terminal.redraw();
      screen.terminal.writeRaw('late');
      await breathe(10);
      expect(screen.written).toBe(written);
      expect(screen.output.listenerCount('resize')).toBe(0);
    });
  });

  it('gives the terminal back for a while and draws the same picture afterwards', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      const before = await screen.text();
      screen.terminal.suspend();
      await screen.catchUp();
      expect([screen.emulator.alternate, screen.input.isRaw]).toEqual([false, false]);
      await screen.emulator.write('\x1b[2J\x1b[H$ ls');
      screen.terminal.resume();
      expect(await screen.text()).toBe(before);
      expect([screen.emulator.alternate, screen.input.isRaw]).toEqual([true, true]);
      expect(screen.emulator.cursorHidden).toBe(true);
    });
  });

  it('takes the size the window has when it comes back', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      await screen.draw();
      screen.terminal.suspend();
      await screen.resize(100, 30);
      screen.terminal.resume();
      await screen.draw();
      expect(screen.terminal.size).toEqual({ width: 100, height: 30 });
      expect(screen.emulator.lines()[1]).toMatch(/^┌ Servers .*┐$/);
      expect(screen.emulator.lines()[1]).toHaveLength(100);
    });
  });

  it('says when the terminal is gone', async () => {
    await within({}, async (screen) => {
      let gone = 0;
      screen.terminal.onHangup(() => {
        gone += 1;
      });
      screen.input.end();
      await breathe();
      expect(gone).toBe(1);
      screen.output.emit('error', new Error('write EIO'));
      expect(gone).toBe(2);
      screen.terminal.restore();
      screen.output.emit('error', new Error('write EIO'));
    });
  });
});

describe('where it cannot run', () => {
  const tty = { isTTY: true };
  it.each([
    [{}, tty, {}, /keyboard/],
    [tty, {}, {}, /output/],
    [tty, tty, { TERM: 'dumb' }, /dumb/],
    [tty, tty, { CI: 'true' }, /CI/],
  ])('%j %j %j', (input, output, env, words) => {
    expect(terminalProblem({ input, output, env })).toMatch(words);
  });

  it('refuses before anything is written', () => {
    const screen = { written: '' };
    const output = {
      isTTY: false,
      write: (data: string) => ((screen.written += data), true),
      on: () => undefined,
      off: () => undefined,
    };
    const input = { ...output, isTTY: true, resume: () => undefined, pause: () => undefined };
    expect(() => openTerminal({ input, output, env: {} })).toThrow(
      expect.objectContaining({ code: 'terminal-unsuitable' }),
    );
    expect(screen.written).toBe('');
  });
});

describe.each(TERMS)('TERM=%s', (TERM, corner) => {
  it('draws borders and accents right, without asking terminfo', async () => {
    const before = process.env['TERM'];
    if (TERM === undefined) delete process.env['TERM'];
    else process.env['TERM'] = TERM;
    try {
      await within({ env: { TERM, LANG: 'en_US.UTF-8' } }, async (screen) => {
        showScene(screen.terminal, GALLERY['servers']!, { words: (words) => `é ${words}` });
        const lines = await screen.lines();
        expect(lines[1]?.[0]).toBe(corner);
        expect(lines[2]).toContain(corner === '+' ? 'e fra1-edge' : 'é fra1-edge');
        expect(lines.join('')).not.toMatch(/terminfo|warning/i);
      });
    } finally {
      if (before === undefined) delete process.env['TERM'];
      else process.env['TERM'] = before;
    }
  });
});

describe('colours', () => {
  it.each([
    ['xterm-256color', {}, 30],
    ['xterm', {}, 6],
    ['xterm-256color', { NO_COLOR: '1' }, undefined],
  ])('%s %j', async (TERM, more, fg) => {
    await within({ env: { TERM, LANG: 'C.UTF-8', ...more } }, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      await screen.draw();
      expect(screen.cellAt(1, 0)).toMatchObject({ chars: 'p', fg, bold: true });
      if (fg === undefined)
        // oxlint-disable-next-line no-control-regex -- SGR
        expect(screen.written).not.toMatch(/\x1b\[[\d;]*(3[0-7]|38|48|9\d)[;m]/);
    });
  });
});

describe('sequences that draw nothing', () => {
  it('come after the picture', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      screen.terminal.writeRaw('\x1b]9;done\x07');
      await screen.draw();
      expect(screen.written.indexOf('\x1b]9;done')).toBeGreaterThan(
        screen.written.indexOf('fra1-edge'),
      );
    });
  });

  it('copy through the terminal, and through tmux in both ways it may be set up', async () => {
    const base64 = Buffer.from('https://203.0.113.42:9292').toString('base64');
    await within({}, async (screen) => {
      screen.terminal.copy('https://203.0.113.42:9292');
      await screen.draw();
      expect(screen.written).toContain(`\x1b]52;c;${base64}\x07`);
    });
    await within({ env: { ...UTF8_256, TMUX: 'x' } }, async (screen) => {
      screen.terminal.copy('https://203.0.113.42:9292');
      screen.terminal.notify('done\x07\x1b[2J');
      screen.terminal.bell();
      await screen.draw();
      expect(screen.written).toContain(`\x1b]52;c;${base64}\x07`);
      expect(screen.written).toContain(`\x1bPtmux;\x1b\x1b]52;c;${base64}\x07\x1b\\`);
      expect(screen.written).toContain('\x1bPtmux;\x1b\x1b]9;done\x07\x1b\\\x07');
    });
  });

  it('make links where terminals know them, and never from anything but http', async () => {
    const show = (screen: TestScreen): void => {
      const surface = new Surface(screen.terminal, () => [
        link('https://203.0.113.42:9292', 'the panel'),
        link('javascript:alert(1)', 'bad'),
        link('https://evil/\x1b]0;x\x07', text('worse')),
      ]);
      surface.place({ left: 0, top: 0, width: 40, height: 3 });
    };
    await within({}, async (screen) => {
      show(screen);
      expect(await screen.text()).toMatch(/^the panel\nbad\nworse/);
      // oxlint-disable-next-line no-control-regex -- OSC 8
      expect(screen.written).toMatch(/\x1b\]8;id=\w+;https:\/\/203\.0\.113\.42:9292\x1b\\t/);
      expect(screen.written).not.toContain('javascript');
      expect(screen.written).not.toContain(']0;');
    });
    await within({ env: { TERM: 'linux', LANG: 'C.UTF-8' } }, async (screen) => {
      show(screen);
      expect(await screen.text()).toMatch(/^the panel\nbad\nworse/);
      expect(screen.written).not.toContain('\x1b]8;id');
    });
  });
});

describe('frames', () => {
  it('writes nothing while nothing changes', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      await screen.draw();
      await screen.bytesSince();
      const { renders } = screen.terminal.stats;
      for (let index = 0; index < 20; index += 1) await screen.draw();
      expect(screen.terminal.stats.renders).toBe(renders);
      expect(await screen.bytesSince()).toBe(0);
    });
  });

  it('counts what it writes', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!, { words: (words) => `日本 ${words}` });
      await screen.draw();
      expect(screen.terminal.stats.bytesWritten).toBe(Buffer.byteLength(screen.written));
    });
  });

  it('takes less than 60 bytes for a tick of the spinner', async () => {
    const clock = { now: () => 1_000_000, monotonic: () => 0, sleep: () => Promise.resolve() };
    for (const env of [UTF8_256, ASCII_256])
      await within({ clock, env, columns: 120, rows: 40 }, async (screen) => {
        showScene(screen.terminal, GALLERY['provisioning-running']!, { now: 1_000_000 });
        await screen.draw();
        await screen.bytesSince();
        const { renders } = screen.terminal.stats;
        let [most, seen] = [0, renders];
        while (seen < renders + 5) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (screen.terminal.stats.renders === seen) continue;
          // One frame's bytes: frames are at least 33 ms apart.
          seen = screen.terminal.stats.renders;
          most = Math.max(most, await screen.bytesSince());
        }
        expect(most).toBeGreaterThan(10);
        expect(most).toBeLessThan(60);
      });
  });

  it('stands still with reduced motion', async () => {
    await within({ reducedMotion: true }, async (screen) => {
      showScene(screen.terminal, GALLERY['provisioning-running']!);
      expect(await screen.text()).toContain('◐ Installing');
      const { renders } = screen.terminal.stats;
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(screen.terminal.stats.renders).toBe(renders);
    });
  });

  it('repairs the screen on demand', async () => {
    await within({}, async (screen) => {
      showScene(screen.terminal, GALLERY['servers']!);
      const before = await screen.text();
      await screen.emulator.write('\x1b[5;5Hgarbage from another program\x1b[44m');
      screen.terminal.redraw();
      expect(await screen.text()).toBe(before);
      expect(screen.cellAt(5, 8).bg).toBeUndefined();
    });
  });
});
