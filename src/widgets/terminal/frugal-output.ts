import type { Cell, CellRow } from './blessed-screen.js';

/** Moving over so many cells takes more bytes (`ESC [ 3 C`) than writing them again. */
const SHORT_GAP = 3;
const ONE_BYTE = /^[\x20-\x7e]$/;

/**
 * Has blessed write again what lies unchanged between two changes that are close together, where that is shorter than
 * moving the cursor: `shown` are the cells as the terminal has them, and those are made to differ.
 */
export function closeGaps(wanted: readonly CellRow[], shown: readonly CellRow[]): void {
  wanted.forEach((row, y) => {
    const before = shown[y];
    if (row.dirty && before !== undefined) closeGapsOf(row, before);
  });
}

function closeGapsOf(row: CellRow, before: CellRow): void {
  let last = -Infinity;
  for (let x = 0; x < row.length; x += 1) {
    if (isSame(row[x]!, before[x]!)) continue;
    if (x - last - 1 <= SHORT_GAP && isPlain(row, last, x))
      for (let at = last + 1; at < x; at += 1) before[at]![1] = '';
    last = x;
  }
}

/** True when all cells after the one at `from` equal it and take one byte each. */
function isPlain(row: CellRow, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at += 1)
    if (row[at]![0] !== row[from]![0] || !ONE_BYTE.test(row[at]![1])) return false;
  return true;
}

function isSame([attribute, chars]: Cell, other: Cell): boolean {
  return attribute === other[0] && chars === other[1];
}

/** Leaves out going to the beginning of a row (blessed does for each) on the way to a place further on in it. */
export function withoutDetours(output: string): string {
  // oxlint-disable-next-line no-control-regex -- CUP is one
  return output.replaceAll(/\x1b\[(\d+);1H(?=\x1b\[\1;\d+H)/g, '');
}
