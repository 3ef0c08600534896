import { describe, expect, it } from 'vitest';
import { cleanJson, cleanLine, cleanLines, isPlain } from '../../src/core/clean.js';
import { quoted } from '../../src/core/errors.js';

/** What no exit may let through, a list of its own: by range of code points, not by Unicode property. */
const FORBIDDEN: readonly (readonly [what: string, from: number, to: number])[] = [
  ['C0', 0x00, 0x1f],
  ['DEL and C1', 0x7f, 0x9f],
  ['soft hyphen', 0xad, 0xad],
  ['combining grapheme joiner', 0x34f, 0x34f],
  ['Arabic letter mark', 0x61c, 0x61c],
  ['Hangul fillers', 0x115f, 0x1160],
  ['zero-width characters and marks of direction', 0x200b, 0x200f],
  ['separators of lines and paragraphs', 0x2028, 0x2029],
  ['embeddings and overrides of direction', 0x202a, 0x202e],
  ['invisible operators and isolates of direction', 0x2060, 0x206f],
  ['Hangul filler', 0x3164, 0x3164],
  ['halves of surrogate pairs', 0xd800, 0xdfff],
  ['variation selectors', 0xfe00, 0xfe0f],
  ['byte order mark', 0xfeff, 0xfeff],
  ['annotations', 0xfff9, 0xfffb],
  ['musical controls', 0x1d173, 0x1d17a],
  ['tags and more variation selectors', 0xe0000, 0xe01ef],
];

describe('cleaning a line', () => {
  it.each(FORBIDDEN)('leaves none of the %s', (_what, from, to) => {
    for (let code = from; code <= to; code++) {
      const char = String.fromCodePoint(code);
      expect(
        cleanLine(`${char}A${char}B`).replaceAll(' ', ''),
        `U+${code.toString(16)}`,
      ).not.toMatch(/[^AB]/);
    }
  });

  it.each([
    ['plain words, ünïcödé 漢字 😀 e\u0301', 'plain words, ünïcödé 漢字 😀 e\u0301'],
    ['a\x1b[1;31mb\x1b[0mc', 'abc'],
    ['a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\c', 'abc'],
    ['a\x9b31mb\x9d0;t\x9cc', 'abc'],
    ['\x1bPq#0\x1b\\a\x1b(B\x1b=\x1bcb', 'ab'],
    ['https://a\x1b[201~rm -rf ~\n', 'https://arm -rf ~ '],
    ['\x1b\x1b[31m[2Jx', '[2Jx'],
    ['a\tb\r\nc\nd\u2028e', 'a b c d e'],
    ['unfinished \x1b]0;title', 'unfinished ]0;title'],
  ])('makes %j %j', (raw, cleaned) => {
    expect(cleanLine(raw)).toBe(cleaned);
    expect(cleanLine(cleaned)).toBe(cleaned);
  });

  it('has nothing to clean in plain signs, and no mark', () => {
    for (let code = 0; code <= 0xffff; code++) {
      const char = String.fromCodePoint(code);
      if (!isPlain(char)) continue;
      const name = `U+${code.toString(16)}`;
      expect(isPlain('\u0439'), 'the other way').toBe(false);
      expect(cleanLine(`${char}\u0439`), name).toBe(`${char}\u0439`);
      expect(char, name).not.toMatch(/\p{M}/u);
    }
    expect(isPlain('● › · … ─ │ ▁ ✔ ⏎')).toBe(true);
  });

  it('takes time in proportion to the length only', () => {
    const long = '\x1b]'.repeat(200_000) + '\x1b['.repeat(200_000) + '\x9d'.repeat(100_000);
    expect(cleanLine(`${long}${'\x1b[1'.repeat(200_000)}`)).not.toContain('\x1b');
  });
});

it('quotes what was typed, of a long text its start and its end', () => {
  expect(quoted('a"b')).toBe('"a\\"b"');
  expect(quoted('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
  const long = quoted(`begin${'x'.repeat(10_000)}end`);
  expect(long).toMatch(/^"beginx+…x+end"$/);
  expect(long).toHaveLength(62);
});

it('keeps the line feeds of several lines, and nothing else', () => {
  expect(cleanLines('one\r\ntwo\x1b[2J\rover\n\u202ethree')).toBe('one\ntwo over\nthree');
});

it('writes JSON that reads back as it was, without a character a terminal obeys', () => {
  const value = { '\u009b': FORBIDDEN.map(([, from, to]) => String.fromCodePoint(from, to)) };
  const line = cleanJson(value);
  expect(cleanLine(line)).toBe(line);
  expect(JSON.parse(line)).toEqual(value);
});
