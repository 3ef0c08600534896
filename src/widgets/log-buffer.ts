import { plain, type Text, text, toMarkup } from './markup.js';
import type { StyleName } from './theme.js';

export interface LogLine {
  readonly time?: string;
  readonly text: Text;
  readonly style?: StyleName;
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
    return index < 0 ? undefined : this.lines[this.gone + index];
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
  }

  contents(): string[] {
    return this.lines
      .slice(this.gone)
      .map(({ time, text: words }) =>
        time === undefined ? plain(words) : `${time} ${plain(words)}`,
      );
  }
}

function cleaned(line: LogLine): LogLine {
  const words =
    typeof line.text === 'string' ? text(line.text.slice(0, LINE_LENGTH)) : toMarkup(line.text);
  return { ...line, text: words };
}
