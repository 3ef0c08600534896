import type { LogBuffer } from './log-buffer.js';
import { columnsOf } from './characters.js';
import { join, type Markup, plain, slice, style, width } from './markup.js';

/** Finds lines of a log, regardless of case, and marks what was found in them. */
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

  /** Which match is the current one, from 1; 0 before the first jump. */
  position(): { readonly current: number; readonly total: number } {
    const total = this.count();
    return { current: this.matches.indexOf(this.current) + 1, total };
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
  mark(line: Markup, at: number): Markup {
    if (this.query === '') return line;
    const words = plain(line);
    const lower = words.toLowerCase();
    const wanted = this.query.toLowerCase();
    // A few letters change their length with their case; columns could not be told then.
    if (lower.length !== words.length || !lower.includes(wanted)) return line;
    const parts: Markup[] = [];
    let done = 0;
    for (let found = lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, done)) {
      const marked = slice(line, columnsOf(words.slice(0, found)), columnsOf(wanted));
      parts.push(between(line, words, done, found));
      parts.push(style(at === this.current ? 'selected' : 'inverse', marked));
      done = found + wanted.length;
    }
    return join([...parts, slice(line, columnsOf(words.slice(0, done)), width(line))]);
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

function between(line: Markup, words: string, from: number, to: number): Markup {
  const start = columnsOf(words.slice(0, from));
  return slice(line, start, columnsOf(words.slice(0, to)) - start);
}
