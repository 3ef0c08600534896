import { describe, expect, it } from 'vitest';
import type { Cell, CellRow } from '../../../src/widgets/terminal/output-gate.js';
import { closeGaps, withoutDetours } from '../../../src/widgets/terminal/output-gate.js';

const LOOK = 7;

function row(chars: string, looks: Readonly<Record<number, number>> = {}): CellRow {
  const cells = Array.from(chars, (char, x): Cell => [looks[x] ?? LOOK, char]);
  return Object.assign(cells, { dirty: true });
}

/** Which cells blessed will write: `x`, and `.` where it moves over. */
function written(wanted: CellRow, shown: CellRow): string {
  closeGaps([wanted], [shown]);
  return wanted
    .map(([look, chars], x) => (look === shown[x]![0] && chars === shown[x]![1] ? '.' : 'x'))
    .join('');
}

describe('gaps between changes', () => {
  it('are written again where that is shorter', () => {
    expect(written(row('abcdefgh'), row('AbcdEfgh'))).toBe('xxxxx...');
    expect(written(row('abcdefgh'), row('AbcdeFgh'))).toBe('x....x..');
    expect(written(row('abcdefgh'), row('aBcDefgH'))).toBe('.xxxxxxx');
  });

  it('stay where they would cost a change of colour, or more than a byte a cell', () => {
    expect(written(row('abcd', { 1: 9 }), row('AbCd', { 1: 9 }))).toBe('x.x.');
    expect(written(row('a─cd'), row('A─Cd'))).toBe('x.x.');
  });

  it('are of rows that changed only', () => {
    const [wanted, shown] = [row('abcd'), row('AbCd')];
    wanted.dirty = false;
    expect(written(wanted, shown)).toBe('x.x.');
  });
});

it('goes straight to a place, but never leaves out where a row begins', () => {
  expect(withoutDetours('\x1b[9;1H\x1b[9;3Hx')).toBe('\x1b[9;3Hx');
  expect(withoutDetours('\x1b[9;1H\x1b[19;3Hx')).toBe('\x1b[9;1H\x1b[19;3Hx');
  expect(withoutDetours('\x1b[9;1Hx\x1b[9;3Hx')).toBe('\x1b[9;1Hx\x1b[9;3Hx');
});
