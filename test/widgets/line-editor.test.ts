import * as fc from '../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';
import { LineEditor, QUERY_LENGTH_MAX, QueryLine } from '../../src/widgets/line-editor.js';
import { plain, width } from '../../src/widgets/markup.js';

/** `ab|cd` with the cursor where the bar is, after the keys. */
function edit(start: string, ...keys: readonly string[]): string {
  const editor = new LineEditor();
  const [before = '', after = ''] = start.split('|');
  editor.value = before + after;
  editor.handleKey('home');
  for (const _ of before) editor.handleKey('right');
  for (const key of keys) editor.handleKey(key);
  const { spans } = editor.render(200, true);
  const cursor = spans.findIndex(({ inverse }) => inverse === true);
  return `${spans
    .slice(0, cursor)
    .map(({ text }) => text)
    .join('')}|${spans
    .slice(cursor)
    .map(({ text }) => text)
    .join('')
    .replace(/ $/, '')}`;
}

describe('editing', () => {
  it.each([
    ['ab|cd', ['x'], 'abx|cd'],
    ['ab|cd', ['space'], 'ab |cd'],
    ['ab|cd', ['left', 'left', 'left', 'x'], 'x|abcd'],
    ['ab|cd', ['home', 'x', 'end', 'y'], 'xabcdy|'],
    ['ab|cd', ['ctrl-a', 'x', 'ctrl-e', 'y'], 'xabcdy|'],
    ['ab|cd', ['backspace'], 'a|cd'],
    ['ab|cd', ['delete'], 'ab|d'],
    ['ab|cd', ['ctrl-d'], 'ab|d'],
    ['ab|cd', ['ctrl-u'], '|cd'],
    ['ab|cd', ['ctrl-k'], 'ab|'],
    ['one two-three| x', ['ctrl-w'], 'one two-| x'],
    ['one two  |x', ['alt-backspace'], 'one |x'],
    ['one| two three', ['alt-d'], 'one| three'],
    ['one two| three', ['ctrl-left', 'x'], 'one x|two three'],
    ['one| two three', ['alt-f', 'x'], 'one twox| three'],
    ['one two |three', ['alt-b', 'alt-b', 'x'], 'x|one two three'],
    ['日本|語', ['backspace', '한'], '日한|語'],
    ['|', ['backspace', 'delete', 'ctrl-w', 'left', 'right'], '|'],
  ])('%s + %j', (start, keys, result) => {
    expect(edit(start, ...keys)).toBe(result);
  });

  it('says what a key did', () => {
    const editor = new LineEditor();
    expect(editor.handleKey('a')).toBe('changed');
    expect(editor.handleKey('left')).toBe('moved');
    expect(editor.handleKey('backspace')).toBe('moved');
    for (const key of ['up', 'enter', 'escape', 'tab', 'ctrl-c', 'ctrl-l', 'f1', 'alt-x'])
      expect(editor.handleKey(key), key).toBe('ignored');
  });

  it('takes pastes without line breaks and control characters, up to its length', () => {
    const editor = new LineEditor({ maxLength: 10 });
    editor.paste('ab\r\nc\x1b[31md\n');
    expect(editor.value).toBe('abcd');
    editor.paste('x'.repeat(100_000));
    expect(editor.value).toBe('abcdxxxxxx');
  });

  it('joins a combining mark with what is before it', () => {
    const editor = new LineEditor();
    editor.paste('e');
    editor.handleKey('\u0301');
    expect(editor.value).toBe('é');
    editor.handleKey('backspace');
    expect(editor.isEmpty).toBe(true);
  });
});

describe('a secret', () => {
  it('is kept as it is but for what came with copying, and edited at its end only', () => {
    const editor = new LineEditor({ secret: true });
    editor.paste('  pass\u200bw\u00f6rd e\u0301 \r\n');
    expect(editor.value).toBe('pass\u200bw\u00f6rd e\u0301');
    for (const key of ['home', 'left', 'ctrl-a', 'x']) editor.handleKey(key);
    expect(editor.value.endsWith('x')).toBe(true);
    editor.handleKey('ctrl-u');
    expect(editor.isEmpty).toBe(true);
  });

  it('keeps spaces that are typed', () => {
    const editor = new LineEditor({ secret: true });
    for (const key of ['a', 'space', 'b']) editor.handleKey(key);
    expect(editor.value).toBe('a b');
  });
});

describe('drawing', () => {
  it('always shows the cursor, whatever is typed into however little room', () => {
    const key = fc.constantFrom(
      'a',
      '日',
      'e',
      '\u0301',
      'left',
      'right',
      'home',
      'end',
      'backspace',
      'ctrl-w',
      'ctrl-left',
      'space',
    );
    fc.assert(
      fc.property(
        fc.array(key, { maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        (keys, room) => {
          const editor = new LineEditor();
          for (const each of keys) {
            editor.handleKey(each);
            const drawn = editor.render(room, true);
            expect(width(drawn)).toBeLessThanOrEqual(room);
            expect(drawn.spans.some(({ inverse }) => inverse === true)).toBe(true);
          }
        },
      ),
    );
  });

  it('shows the end of a long line, and its beginning after Home', () => {
    const editor = new LineEditor();
    editor.value = 'abcdefghij';
    expect(plain(editor.render(5, true))).toBe('ghij ');
    editor.handleKey('home');
    expect(plain(editor.render(5, true))).toBe('abcde');
  });
});

describe('keys without end, as of a paste by a terminal that does not mark it', () => {
  it.each([
    [true, Infinity],
    [false, Infinity],
    [true, 10_000],
    [false, 10_000],
  ])('cost the same each (secret: %s, at most %d characters)', (secret, maxLength) => {
    const editor = new LineEditor({ secret, maxLength });
    const before = process.cpuUsage();
    for (let count = 1; count <= 100_000; count++) {
      const isTaken = count <= maxLength;
      if (editor.handleKey('x') !== (isTaken ? 'changed' : 'moved')) throw new Error(`${count}`);
      if (editor.value.length !== Math.min(count, maxLength)) throw new Error(`${count}`);
    }
    const { user, system } = process.cpuUsage(before);
    expect(editor.value).toBe('x'.repeat(Math.min(100_000, maxLength)));
    expect((user + system) / 1e6).toBeLessThan(10);
  });

  it('change a query up to a length: each change is searched for', () => {
    const query = new QueryLine();
    query.start();
    const results = Array.from({ length: QUERY_LENGTH_MAX + 1 }, () => query.handleKey('x'));
    expect(results.slice(-2)).toEqual(['changed', 'used']);
    expect(query.paste('x')).toBe(false);
    expect(query.value).toBe('x'.repeat(QUERY_LENGTH_MAX));
  });
});
