import * as fc from '../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../src/widgets/surface.js';
import { clean } from '../../src/widgets/characters.js';
import {
  fit,
  formatDuration,
  formatElapsed,
  glyph,
  highlight,
  join,
  plain,
  slice,
  style,
  text,
  truncate,
  width,
} from '../../src/widgets/markup.js';
import { resolveTheme } from '../../src/widgets/theme.js';
import { wrap, wrapItem } from '../../src/widgets/paragraph.js';

/** Anything, with what matters most in it more often than chance would have it. */
const anything = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.string({ maxLength: 8 }),
      fc.constantFrom('\x1b[31m', '\x9b2J', '\x1b]0;x\x07', '\u202e', '日本', '🚀', 'e\u0301', ' '),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const RUNS = { numRuns: 3_000 };

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const themes = [true, false].map((ascii) =>
  resolveTheme({ colours: 256, ascii, reducedMotion: false }),
);

describe('any text', () => {
  it('is without control, format and bidi characters once cleaned', () => {
    fc.assert(
      fc.property(anything, (words) => {
        expect(clean(words)).not.toMatch(UNSAFE);
        expect(clean(clean(words))).toBe(clean(words));
      }),
      RUNS,
    );
  });

  it('is exactly as wide as it is fitted to', () => {
    fc.assert(
      fc.property(anything, fc.nat(40), (words, columns) => {
        expect(width(fit(words, columns))).toBe(columns);
        expect(width(fit(words, columns, 'right'))).toBe(columns);
        expect(width(truncate(words, columns))).toBeLessThanOrEqual(columns);
      }),
      RUNS,
    );
  });

  it('becomes exactly as many cells, each of one column for the cursor', () => {
    fc.assert(
      fc.property(anything, fc.nat(30), fc.nat(50), (words, columns, left) => {
        for (const theme of themes) {
          const cells = cellsOf(text(words), { theme, left, columns, links: true });
          expect(cells.chars).toHaveLength(columns);
          expect(cells.attributes).toHaveLength(columns);
          const wrong = cells.chars.filter((chars, column) => {
            if (theme.ascii) return !/^[\x20-\x7e]$/.test(chars);
            // The one sequence that a cell may hold: to where the cursor must be, or one on.
            // oxlint-disable-next-line no-control-regex -- that is what it looks for
            const rest = chars.replace(/\x1b\[(\d+)G|\x1b\[C/g, (sequence, target?: string) => {
              const at = target === undefined ? column : Number(target) - 1 - left;
              return at === column || at === column + 1 ? '' : sequence;
            });
            return UNSAFE.test(rest);
          });
          expect(wrong).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('loses nothing but blanks when it is wrapped', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 2, max: 30 }), (words, columns) => {
        const squeeze = (value: string): string => value.replaceAll(' ', '');
        for (const lines of [wrap(words, columns), wrapItem(`1. ${words}`, columns)]) {
          for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
          expect(squeeze(lines.map(plain).join('')).replace(/^1\./, '')).toBe(
            squeeze(plain(words)).replace(/^1\./, ''),
          );
        }
      }),
      RUNS,
    );
  });

  it('is the same after being cut in two', () => {
    fc.assert(
      fc.property(anything, fc.nat(20), (words, at) => {
        const total = width(words);
        const parts = join([slice(words, 0, at), slice(words, at, total)]);
        expect(width(parts)).toBeLessThanOrEqual(total);
        // A wide character on the cut becomes a blank or goes.
        expect(total - width(parts)).toBeLessThanOrEqual(1);
      }),
      RUNS,
    );
  });
});

describe('clean', () => {
  it.each([
    ['a\x1b[1;31mb\x1b[0mc', 'abc'],
    ['a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c', 'abc'],
    ['a\x9b31mb\x9d0;t\x9cc', 'abc'],
    ['\x1bPq#0\x1b\\a\x1b(B\x1b=\x1bcb', 'ab'],
    ['a\tb\r\nc\nd', 'a b c d'],
    ['a\u202eb\u200fc\u2067d\u200be\ufeff', 'abcde'],
    ['{red-fg}a{/}', '{red-fg}a{/}'],
    ['e\u0301', 'é'],
    ['✅ ❌ ⚠️', '✔ ✖ ▲'],
    ['ℹ\u0301', 'í'],
    ['a\ud800b', 'ab'],
  ])('%j', (raw, cleaned) => {
    expect(clean(raw)).toBe(cleaned);
  });

  it('takes time in proportion to the length only', () => {
    const long = '\x1b]'.repeat(200_000) + '\x1b['.repeat(200_000) + '\x9d'.repeat(100_000);
    expect(clean(long)).not.toMatch(UNSAFE);
  });
});

describe('styles', () => {
  it('lets the inner colour win and adds up the rest', () => {
    const styled = style('strong', style('danger', join(['a', style('ok', 'b')])));
    expect(styled.spans).toMatchObject([
      { text: 'a', colour: 'danger', strong: true },
      { text: 'b', colour: 'ok', strong: true },
    ]);
  });

  it('colours a glyph by its meaning, in one column', () => {
    expect(glyph('failed').spans).toMatchObject([{ text: '✖', colour: 'danger' }]);
    expect(width(glyph('spinner'))).toBe(1);
  });

  it('marks parts across spans', () => {
    const marked = highlight(
      join(['ab', style('ok', 'cd'), 'ef']),
      [
        [1, 3],
        [5, 6],
      ],
      'inverse',
    );
    expect(marked.spans.map(({ text: words, inverse }) => [words, inverse === true])).toEqual([
      ['a', false],
      ['b', true],
      ['c', true],
      ['d', false],
      ['e', false],
      ['f', true],
    ]);
  });

  it('cuts with an ellipsis in the colour of what is cut', () => {
    expect(truncate(style('ok', 'abcdef'), 4).spans).toMatchObject([
      { text: 'abc', colour: 'ok' },
      { text: '…', colour: 'ok' },
    ]);
    expect(plain(truncate('日本語', 4))).toBe('日…');
  });
});

describe('wrap', () => {
  it('breaks at words, splits what is too long, keeps styles', () => {
    expect(wrap('the quick brown fox', 10).map(plain)).toEqual(['the quick', 'brown fox']);
    expect(wrap('abcdefghijkl', 5).map(plain)).toEqual(['abcde', 'fghij', 'kl']);
    expect(wrap('go abcdefghij', 5).map(plain)).toEqual(['go', 'abcde', 'fghij']);
    expect(wrap(join(['aa ', style('ok', 'bb cc')]), 5).map(({ spans }) => spans)).toMatchObject([
      [{ text: 'aa ' }, { text: 'bb', colour: 'ok' }],
      [{ text: 'cc', colour: 'ok' }],
    ]);
  });

  it('continues an item of a list below its text', () => {
    const item = (words: string) => wrapItem(words, 14).map(plain);
    expect(item('1. the quick brown fox')).toEqual(['1. the quick', '   brown fox']);
    expect(item('  • the quick brown')).toEqual(['  • the quick', '    brown']);
    expect(item('tag   the quick brown')).toEqual(['tag   the', '      quick', '      brown']);
    expect(item('the quick brown fox')).toEqual(['the quick', 'brown fox']);
    // A word that would have to be split there begins its line instead.
    expect(item('Panel  https://a.b')).toEqual(['Panel', 'https://a.b']);
  });
});

describe('durations', () => {
  it.each([
    [0, '0.0 s', '0 s'],
    [412, '0.4 s', '0 s'],
    [33_000, '33.0 s', '33 s'],
    [59_949, '59.9 s', '59 s'],
    [59_999, '1m 00s', '59 s'],
    [82_000, '1m 22s', '1m 22s'],
    [3_725_000, '1h 02m', '1h 02m'],
    [-5, '0.0 s', '0 s'],
  ])('%i ms', (ms, took, running) => {
    expect([formatDuration(ms), formatElapsed(ms)]).toEqual([took, running]);
  });
});
