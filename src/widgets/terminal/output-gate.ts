import { EventEmitter } from 'node:events';

/** One cell as blessed keeps it. */
export type Cell = [attribute: number, chars: string];
export type CellRow = Cell[] & { dirty: boolean };

/** Subset of process.stdout in use; a pass-through stream with a size is enough. */
export interface TerminalOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
  write(data: string): boolean;
  /** Waits for pending data, in `limitMs` at most, and drops the rest. */
  settle?(limitMs: number): void;
  on(event: 'resize' | 'drain' | 'error', listener: () => void): unknown;
  off(event: 'resize' | 'drain' | 'error', listener: () => void): unknown;
}

/**
 * Stands between blessed and the terminal: collects what one frame writes into one write, counts
 * bytes, and tells blessed a size that changes only between frames.
 */
export class OutputGate extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;
  bytesWritten = 0;
  private pending = '';

  constructor(private readonly output: TerminalOutput) {
    super();
    this.columns = columnsOf(output);
    this.rows = rowsOf(output);
  }

  /** True while the terminal (a slow line) has not yet accepted earlier output. */
  get congested(): boolean {
    return this.output.writableNeedDrain === true;
  }

  write(data: string): boolean {
    this.pending += data;
    return true;
  }

  /** Sends what was collected; how many bytes that were. */
  send(): number {
    if (this.pending === '') return 0;
    const data = withoutDetours(this.pending);
    this.pending = '';
    const bytes = Buffer.byteLength(data);
    this.bytesWritten += bytes;
    this.output.write(data);
    return bytes;
  }

  /** Sends what was collected and waits until it is taken, in `limitMs` at most. */
  sendLast(limitMs: number): void {
    this.send();
    this.output.settle?.(limitMs);
  }

  /** Gives what was collected, in place of sending it. */
  take(): string {
    const data = this.pending;
    this.pending = '';
    return withoutDetours(data);
  }

  /** Forgets what was collected. */
  discard(): void {
    this.pending = '';
  }

  /** Takes over the terminal's present size; true if it is another one. */
  measure(): boolean {
    const [columns, rows] = [columnsOf(this.output), rowsOf(this.output)];
    const changed = columns !== this.columns || rows !== this.rows;
    this.columns = columns;
    this.rows = rows;
    return changed;
  }
}

/** Assume 80x24 for a terminal that reports a size of 0. */
function columnsOf(output: TerminalOutput): number {
  return output.columns !== undefined && output.columns > 0 ? output.columns : 80;
}

function rowsOf(output: TerminalOutput): number {
  return output.rows !== undefined && output.rows > 0 ? output.rows : 24;
}

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
    // By index: taking a pair apart makes an iterator, which costs the first frame as much as writing it.
    const cell = row[x]!;
    const old = before[x]!;
    if (cell[0] === old[0] && cell[1] === old[1]) continue;
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

/** Leaves out going to the beginning of a row (blessed does for each) on the way to a place further on in it. */
export function withoutDetours(output: string): string {
  // oxlint-disable-next-line no-control-regex -- CUP is one
  return output.replaceAll(/\x1b\[(\d+);1H(?=\x1b\[\1;\d+H)/g, '');
}
