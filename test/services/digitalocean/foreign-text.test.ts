import * as fc from '../../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';
import { cleanForeignText } from '../../../src/services/digitalocean/foreign-text.js';

describe('cleanForeignText', () => {
  it.each([
    ['plain words, ünïcödé 漢字', 'plain words, ünïcödé 漢字'],
    ['  two\r\n\tlines  ', 'two lines'],
    ['\u{1b}[31mred\u{1b}[0m', 'red'],
    ['\u{1b}]0;title\u{7}after', 'after'],
    ['\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\', 'link'],
    ['a\u{9b}31mb', 'ab'],
    ['a\u{202e}b\u{2066}c\u{200b}d', 'abcd'],
    ['a\u{2028}b\u{feff}', 'a b'],
    ['\u{d800}', ''],
    ['', ''],
  ])('makes %j %j', (text, clean) => {
    expect(cleanForeignText(text)).toBe(clean);
  });

  it('cuts by characters', () => {
    expect(cleanForeignText('abcdef', 4)).toBe('abc…');
    expect(cleanForeignText('😀😀😀', 3)).toBe('😀😀😀');
    expect(cleanForeignText('😀😀😀😀', 3)).toBe('😀😀…');
  });

  it('leaves nothing that a terminal obeys, at no length', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u{1b}', '[', ']', '\u{9b}', '\u{7}', '\u{202e}', '\u{1b}[31m', '\n'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 50 }), (pieces, length) => {
        const clean = cleanForeignText(pieces.join(''), length);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(Array.from(clean).length).toBeLessThanOrEqual(length);
      }),
      { numRuns: 200 },
    );
  });
});
