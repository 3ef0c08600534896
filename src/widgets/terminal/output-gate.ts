import { EventEmitter } from 'node:events';
import { withoutDetours } from './frugal-output.js';

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
