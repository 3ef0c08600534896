import { highlight, type Markup, plain, type Text, text, toMarkup } from './markup.js';
import type { StyleName } from './theme.js';

export interface LogLine {
  readonly time?: string;
  readonly text: Text;
  readonly style?: StyleName;
  /** The line to begin at when it went wrong. */
  readonly isFailure?: boolean | undefined;
}

/** More than any screen shows of one line; the log file has the rest. */
const LINE_LENGTH = 16_384;

/**
 * The last lines of a log. Lines are numbered from the first one ever appended, so that a number
 * means the same line for as long as it is kept.
 */
export class LogBuffer {
  private lines: LogLine[] = [];
  /** Lines at the front of `lines` that are no longer counted. */
  private gone = 0;
  private dropped = 0;
  /** Lines of the page that is read: they stay when newer ones take their places. */
  private held: ReadonlyMap<number, LogLine> = new Map();

  constructor(private readonly capacity: number) {}

  /** Number of the first line kept. */
  get start(): number {
    return this.dropped;
  }

  /** Number after the last line. */
  get end(): number {
    return this.dropped + this.size;
  }

  get size(): number {
    return this.lines.length - this.gone;
  }

  at(number: number): LogLine | undefined {
    const index = number - this.dropped;
    return index < 0 ? this.held.get(number) : this.lines[this.gone + index];
  }

  /** Keeps these lines, and no others, beyond the capacity. */
  hold(numbers: readonly number[]): void {
    const lines = numbers.map((number) => [number, this.at(number)] as const);
    this.held = new Map(
      lines.filter((entry): entry is [number, LogLine] => entry[1] !== undefined),
    );
  }

  isHeld(number: number): boolean {
    return this.held.has(number);
  }

  append(lines: readonly LogLine[]): void {
    for (const line of lines) this.lines.push(cleaned(line));
    const excess = this.size - this.capacity;
    if (excess <= 0) return;
    this.gone += excess;
    this.dropped += excess;
    // Moving the array down for every line would cost more than keeping some lines too many.
    if (this.gone < this.capacity) return;
    this.lines = this.lines.slice(this.gone);
    this.gone = 0;
  }

  clear(): void {
    this.dropped = this.end;
    this.lines = [];
    this.gone = 0;
    this.held = new Map();
  }
}

function cleaned(line: LogLine): LogLine {
  const words =
    typeof line.text === 'string' ? text(line.text.slice(0, LINE_LENGTH)) : toMarkup(line.text);
  return { ...line, text: words };
}

/** Finds lines of a log regardless of case, and highlights the matches. */
export class LogSearch {
  query = '';
  /** Line of the match that was jumped to, or where the search began. */
  private current = -1;
  private matches: number[] = [];
  private searched = 0;

  constructor(private readonly buffer: LogBuffer) {}

  start(query: string, from: number): void {
    this.query = query;
    this.current = from - 1;
    this.matches = [];
    this.searched = this.buffer.start;
  }

  count(): number {
    this.update();
    return this.matches.length;
  }

  /**
   * Gives the number of the current match, from 1 (0 before the first jump), and the total: `2/5`.
   */
  note(): string {
    if (this.query === '') return '';
    const total = this.count();
    return total === 0 ? 'no match' : `${this.matches.indexOf(this.current) + 1}/${total}`;
  }

  /** The line of the next or previous match, going round at the ends. */
  move(step: 1 | -1): number | undefined {
    if (this.count() === 0) return undefined;
    const next =
      step > 0
        ? (this.matches.find((line) => line > this.current) ?? this.matches[0])
        : (this.matches.findLast((line) => line < this.current) ?? this.matches.at(-1));
    this.current = next ?? -1;
    return next;
  }

  /** The line with its matches reversed, those of the current line highlighted. */
  mark(line: Markup, number: number): Markup {
    if (this.query === '') return line;
    const words = plain(line);
    const lower = words.toLowerCase();
    const wanted = this.query.toLowerCase();
    // A few letters change their length with their case: places would not fit then.
    if (lower.length !== words.length || !lower.includes(wanted)) return line;
    const ranges: [number, number][] = [];
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length))
      ranges.push([at, at + wanted.length]);
    return highlight(line, ranges, number === this.current ? 'selected' : 'inverse');
  }

  /** Looks at lines that came since the last time only. */
  private update(): void {
    if (this.query === '') {
      this.matches = [];
      return;
    }
    const wanted = this.query.toLowerCase();
    const from = Math.max(this.searched, this.buffer.start);
    for (let line = from; line < this.buffer.end; line += 1) {
      const entry = this.buffer.at(line);
      if (entry !== undefined && plain(entry.text).toLowerCase().includes(wanted))
        this.matches.push(line);
    }
    this.searched = this.buffer.end;
    const first = this.matches.findIndex((line) => line >= this.buffer.start);
    if (first !== 0) this.matches = first < 0 ? [] : this.matches.slice(first);
  }
}
