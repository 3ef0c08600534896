import { describe, expect, it } from 'vitest';
import { chooseCapabilities, isCi } from '../../src/core/capabilities.js';

const UTF8 = { LANG: 'en_US.UTF-8' };

describe('colours and signs by TERM', () => {
  it.each([
    ['xterm-256color', 256, false, true],
    ['screen-256color', 256, false, true],
    ['tmux-256color', 256, false, true],
    ['xterm-kitty', 256, false, true],
    ['xterm-ghostty', 256, false, true],
    ['alacritty', 256, false, true],
    ['foot', 256, false, true],
    ['xterm', 16, false, true],
    ['linux', 16, true, false],
    ['vt100', 0, true, false],
    ['unknown', 16, false, false],
    [undefined, 16, false, false],
  ] as const)('%s', (TERM, colours, ascii, links) => {
    expect(chooseCapabilities({ ...UTF8, TERM })).toMatchObject({ colours, ascii, links });
  });
});

describe('the environment', () => {
  const choose = (env: Record<string, string>) =>
    chooseCapabilities({ TERM: 'xterm-256color', ...env });

  it('NO_COLOR takes the colours, unless it is empty', () => {
    expect(choose({ ...UTF8, NO_COLOR: '1' }).colours).toBe(0);
    expect(choose({ ...UTF8, NO_COLOR: '' }).colours).toBe(256);
  });

  it.each([
    ['xterm', '1', 16],
    ['xterm', '2', 256],
    ['xterm', '', 16],
    ['xterm-256color', 'true', 256],
    ['xterm-256color', '0', 0],
    ['xterm-256color', 'false', 0],
    ['vt100', '1', 16],
    ['vt100', '3', 256],
  ] as const)('on %s FORCE_COLOR=%s gives %d', (TERM, FORCE_COLOR, colours) => {
    expect(choose({ ...UTF8, TERM, FORCE_COLOR }).colours).toBe(colours);
  });

  it('FORCE_COLOR counts before NO_COLOR, as in Node.js', () => {
    expect(choose({ ...UTF8, NO_COLOR: '1', FORCE_COLOR: '1' }).colours).toBe(256);
    expect(choose({ ...UTF8, NO_COLOR: '1', FORCE_COLOR: '' }).colours).toBe(0);
    expect(choose({ ...UTF8, NO_COLOR: '', FORCE_COLOR: '0' }).colours).toBe(0);
  });

  it.each([
    [{}, false],
    [{ CI: '' }, false],
    [{ CI: '0' }, false],
    [{ CI: 'false' }, false],
    [{ CI: 'true' }, true],
    [{ CI: '1' }, true],
  ])('%j: without a person is %s', (env, wanted) => {
    expect(isCi(env)).toBe(wanted);
  });

  it('COLORTERM gives them', () => {
    expect(choose({ TERM: 'unknown', COLORTERM: 'truecolor' }).colours).toBe(256);
  });

  it('reads the locale as POSIX says: LC_ALL, LC_CTYPE, LANG', () => {
    expect(choose({}).ascii).toBe(true);
    expect(choose({ LANG: 'C' }).ascii).toBe(true);
    expect(choose({ LANG: 'de_DE.utf8' }).ascii).toBe(false);
    expect(choose({ LANG: 'C', LC_CTYPE: 'C.UTF-8' }).ascii).toBe(false);
    expect(choose({ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }).ascii).toBe(true);
    expect(choose({ LANG: 'en_US.UTF-8', LC_ALL: '' }).ascii).toBe(false);
  });

  it('knows what stands in between', () => {
    expect(choose({ TMUX: '/tmp/tmux-0/default,1,0' }).multiplexer).toBe('tmux');
    expect(choose({ STY: '1.pts-0' }).multiplexer).toBe('screen');
    expect(choose({}).multiplexer).toBeUndefined();
    const both = { TMUX: '/tmp/tmux-0/default,1,0', STY: '1.pts-0' };
    expect(choose({ ...both, TERM: 'screen.tmux-256color' }).multiplexer).toBe('screen');
    expect(choose({ ...both, TERM: 'screen' }).multiplexer).toBe('screen');
    expect(choose({ ...both, TERM: 'tmux-256color' }).multiplexer).toBe('tmux');
  });
});

it('lets explicit choices win', () => {
  const env = { TERM: 'vt100', NO_COLOR: '1' };
  expect(
    chooseCapabilities(env, { colours: 256, ascii: false, reducedMotion: true }),
  ).toMatchObject({ colours: 256, ascii: false, reducedMotion: true });
});
