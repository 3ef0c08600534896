import * as fc from '../../fixtures/fast-check.js';
import { describe, expect, it } from 'vitest';
import type { InputEvent } from '../../../src/widgets/terminal/keys.js';
import {
  AFTER_PASTE_WAIT_MS,
  ANSWER_WAIT_MS,
  ESCAPE_WAIT_MS,
  InputFilter,
  PASTE_WAIT_MS,
  SEQUENCE_WAIT_MS,
} from '../../../src/widgets/terminal/input-filter.js';

/** What comes out when the bytes come in these pieces, short for reading. */
function events(...pieces: readonly (string | Uint8Array)[]): string[] {
  const filter = new InputFilter();
  const fed = pieces.flatMap((piece) => filter.feed(Buffer.from(piece)));
  // What follows a paste is a key once nothing more has come.
  const after = filter.waitMs === AFTER_PASTE_WAIT_MS ? filter.flush() : [];
  return [...fed, ...after].map(describeEvent);
}

function describeEvent(event: InputEvent): string {
  if (event.type === 'key') return event.key;
  if (event.type === 'paste') return `paste:${event.text}`;
  if (event.type === 'focus') return event.focused ? 'focus-in' : 'focus-out';
  if (event.type === 'background') return `background:${event.colour}`;
  return `${event.mouse.kind}@${event.mouse.x},${event.mouse.y}`;
}

const KEYS: readonly (readonly [bytes: string, ...keys: string[]])[] = [
  ['a', 'a'],
  ['G', 'G'],
  [' ', 'space'],
  ['é日🚀', 'é', '日', '🚀'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\r\n', 'enter'],
  ['\r\r', 'enter', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\0', 'ctrl-space'],
  ['\x01\x03\x1a', 'ctrl-a', 'ctrl-c', 'ctrl-z'],
  ['\x1c\x1d\x1f', 'ctrl-\\', 'ctrl-]', 'ctrl-_'],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', 'up', 'down', 'right', 'left'],
  ['\x1bOA\x1bOB\x1bOC\x1bOD', 'up', 'down', 'right', 'left'],
  ['\x1b[H\x1b[F\x1bOH\x1bOF', 'home', 'end', 'home', 'end'],
  ['\x1b[1~\x1b[4~\x1b[7~\x1b[8~', 'home', 'end', 'home', 'end'],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', 'insert', 'delete', 'pageup', 'pagedown'],
  ['\x1b[Z', 'shift-tab'],
  ['\x1b[1;5D\x1b[1;3C\x1b[1;2A', 'ctrl-left', 'alt-right', 'shift-up'],
  ['\x1b[3;5~\x1b[1;8B', 'ctrl-delete', 'ctrl-alt-shift-down'],
  ['\x1bb\x1bF\x1b\x7f\x1b\r', 'alt-b', 'alt-F', 'alt-backspace', 'alt-enter'],
  ['\x1b ', 'alt-space'],
  ['\x1b\x1b[A\x1b\x1bOB', 'alt-up', 'alt-down'],
  ['\x1b\x1bx', 'escape', 'alt-x'],
  ['\x1bOP\x1b[11~\x1b[15~\x1b[24~\x1b[[A\x1b[[E', 'f1', 'f1', 'f5', 'f12', 'f1', 'f5'],
  ['\x1bOM\x1bOk\x1bOp\x1bOy', 'enter', '+', '0', '9'],
  ['\x1b[97;5u\x1b[27u\x1b[97;2u\x1b[27;5;97~', 'ctrl-a', 'escape', 'A', 'ctrl-a'],
  ['\x1b[I\x1b[O', 'focus-in', 'focus-out'],
  ['\x1b[<0;10;5M\x1b[<0;10;5m', 'press@9,4', 'release@9,4'],
  ['\x1b[<64;1;1M\x1b[<65;80;24M', 'wheel-up@0,0', 'wheel-down@79,23'],
  ['\x1b]11;rgb:1e1e/1e1e/1e1e\x07a', 'background:rgb:1e1e/1e1e/1e1e', 'a'],
  ['\x1b]11;rgba:ff/ff/ff/ff\x1b\\a', 'background:rgba:ff/ff/ff/ff', 'a'],
  ['\x1b[200~two\nlines\x1b[201~x', 'paste:two\nlines', 'x'],
  ['\x1b[200~\x1b[A \x1b[20 \x1b[201\x1b[201~', 'paste:\x1b[A \x1b[20 \x1b[201'],
  ['\x1b[200~\x1b[201~', 'paste:'],
];

/** Answers of terminals, and mouse reports in a form that was not asked for: no key at all. */
const REPLIES = [
  '\x1b[24;80R',
  '\x1b[?1;2c',
  '\x1b[>0;276;0c',
  '\x1b[?2026;2$y',
  '\x1b[?1u',
  '\x1b[8;24;80t',
  '\x1b[0n',
  '\x1b]10;rgb:1e1e/1e1e/1e1e\x07',
  '\x1b]4;1;rgb:1e1e/1e1e/1e1e\x1b\\',
  '\x1b]52;c;aGVsbG8=\x1b\\',
  '\x1bP1$r0m\x1b\\',
  '\x1bP>|tmux 3.4\x1b\\',
  '\x1b_Gi=1;OK\x1b\\',
  '\x1b[M !!',
  '\x1b[201~',
  '\x1b[<35;3;4M',
];

describe('keys', () => {
  it.each(KEYS)('%j', (bytes, ...keys) => {
    expect(events(bytes)).toEqual(keys);
  });

  it('drops what terminals answer', () => {
    for (const reply of REPLIES) expect(events(`${reply}q`), JSON.stringify(reply)).toEqual(['q']);
  });

  it('drops characters that are no keys', () => {
    expect(events('\u009b\u202e\u200b\ufeffx')).toEqual(['x']);
  });
});

describe('however it is cut', () => {
  const bytes = Buffer.from([...KEYS.map(([all]) => all), ...REPLIES].join(''));
  const whole = events(bytes);

  it('gives the same in two pieces, at every byte', () => {
    for (let cut = 0; cut <= bytes.length; cut += 1)
      expect(events(bytes.subarray(0, cut), bytes.subarray(cut)), `cut at ${cut}`).toEqual(whole);
  });

  it('gives the same byte by byte', () => {
    expect(events(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(whole);
  });

  it('gives the same in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(events(...pieces)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws and never keeps anything back for ever', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (pieces) => {
        const filter = new InputFilter();
        for (const piece of pieces) filter.feed(piece);
        for (let index = 0; index < 3; index += 1) filter.flush();
        expect(filter.waitMs).toBeUndefined();
        expect(filter.feed(Buffer.from('q')).map(describeEvent).at(-1)).toBe('q');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what does not come to its end', () => {
  it.each([
    ['\x1b', ESCAPE_WAIT_MS, ['escape']],
    ['\x1b\x1b', ESCAPE_WAIT_MS, ['escape', 'escape']],
    ['\x1b[', SEQUENCE_WAIT_MS, ['alt-[']],
    ['\x1bO', SEQUENCE_WAIT_MS, ['alt-O']],
    ['\x1b[1;', SEQUENCE_WAIT_MS, []],
    ['\x1b]52;c;', SEQUENCE_WAIT_MS, []],
    ['\x1b]11;rgb', ANSWER_WAIT_MS, []],
    ['\x1b[200~half', PASTE_WAIT_MS, ['paste:half']],
  ])('%j', (bytes, waitMs, after) => {
    const filter = new InputFilter();
    expect(filter.feed(Buffer.from(bytes))).toEqual([]);
    expect(filter.waitMs).toBe(waitMs);
    expect(filter.flush().map(describeEvent)).toEqual(after);
    expect(filter.waitMs).toBeUndefined();
    expect(filter.feed(Buffer.from('q')).map(describeEvent)).toEqual(['q']);
  });

  it('does not let a string without end swallow the keyboard', () => {
    const filter = new InputFilter();
    filter.feed(Buffer.from('\x1b]'));
    filter.feed(Buffer.from('x'.repeat(10_000)));
    expect(filter.waitMs).toBeUndefined();
    expect(filter.feed(Buffer.from('q')).map(describeEvent)).toEqual(['q']);
  });
});

describe('pastes', () => {
  const END = '\x1b[201~';
  const START = '\x1b[200~';

  it.each([
    ['an end inside', `${START}one${END}q\r:x${END}`],
    ['several ends', `${START}one${END}q${END}\x03${END}:x${END}`],
    ['an end and a beginning inside', `${START}one${END}q\r${START}two${END}`],
    ['nothing but markers', `${START}${END}${START}${END}${END}`],
    ['more than anybody types at once', `${START}one${END}${'q\r'.repeat(50_000)}${END}`],
  ])('make no key of what was pasted, with %s, however it is cut', (_, pasted) => {
    const bytes = Buffer.from(pasted);
    for (const size of [1, 3, 7, 1_000, 4_096, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_each, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const found = events(...pieces);
      expect(found.filter((event) => !event.startsWith('paste:'))).toEqual([]);
      const together = found.map((event) => event.slice('paste:'.length)).join('');
      expect(together).toBe(pasted.replaceAll(END, '').replaceAll(START, ''));
    }
  });

  it('are followed by keys once there was a pause', () => {
    const filter = new InputFilter();
    filter.feed(Buffer.from(`${START}one${END}q\x1b`));
    expect(filter.waitMs).toBe(AFTER_PASTE_WAIT_MS);
    expect(filter.flush().map(describeEvent)).toEqual(['q']);
    expect(filter.waitMs).toBe(ESCAPE_WAIT_MS);
    expect(filter.flush().map(describeEvent)).toEqual(['escape']);
    expect(filter.waitMs).toBeUndefined();
  });

  it('is one event of 5 MB, in pieces of any size', () => {
    const text = 'dop_v1_0123456789äöü\r\n'.repeat(220_000);
    const bytes = Buffer.from(`\x1b[200~${text}\x1b[201~q`);
    const filter = new InputFilter();
    const found: InputEvent[] = [];
    for (let at = 0; at < bytes.length; at += 65_537)
      found.push(...filter.feed(bytes.subarray(at, at + 65_537)));
    found.push(...filter.flush());
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual({ type: 'paste', text });
    expect(found[1]).toEqual({ type: 'key', key: 'q' });
  });
});
