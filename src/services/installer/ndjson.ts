import { StringDecoder } from 'node:string_decoder';
import { cleanLine } from '../../core/clean.js';
import type { InstallerEvent, InstallerStatus } from './installer.js';

/** Longest line that is kept, in bytes; the rest of a longer one is dropped. */
export const LINE_MAX_BYTES = 64 * 1024;
/** Longest message that is taken over from an event. */
const TEXT_MAX_LENGTH = 2_000;
const NEWLINE = 0x0a;
const STATUSES: ReadonlySet<unknown> = new Set<InstallerStatus>([
  'running',
  'complete',
  'skipped',
  'failed',
]);

/** An event and the position in bytes just after its line. */
export interface LocatedEvent {
  readonly event: InstallerEvent;
  readonly offset: number;
}

/**
 * Reads the installer's log: JSON events a line each, mixed with output of npm and apt. Takes
 * chunks cut anywhere, also inside a character. Never throws; a line that is not an event is a log
 * line, empty lines are left out.
 */
export class NdjsonReader {
  private readonly kept = Buffer.alloc(LINE_MAX_BYTES);
  private keptBytes = 0;
  private cut = false;

  /** `offset` is the position in bytes where the first chunk begins. */
  constructor(private offset = 0) {}

  *push(chunk: Uint8Array): Generator<LocatedEvent> {
    let from = 0;
    while (from < chunk.length) {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline === -1 ? chunk.length : newline;
      this.keep(chunk.subarray(from, to));
      this.offset += to - from;
      from = to;
      if (newline === -1) return;
      this.offset++;
      from++;
      if (this.keptBytes > 0) yield* this.takeLine();
    }
  }

  /** The last line, when nothing ended it. Only for a log that is known to be complete. */
  *end(): Generator<LocatedEvent> {
    if (this.keptBytes > 0) yield* this.takeLine();
  }

  private keep(part: Uint8Array): void {
    const room = LINE_MAX_BYTES - this.keptBytes;
    if (part.length > room) this.cut = true;
    this.kept.set(part.subarray(0, room), this.keptBytes);
    this.keptBytes += Math.min(part.length, room);
  }

  private *takeLine(): Generator<LocatedEvent> {
    // Decodes a character that was cut at the limit to nothing rather than to a replacement mark.
    const text = new StringDecoder('utf8').write(this.kept.subarray(0, this.keptBytes));
    const cut = this.cut;
    this.keptBytes = 0;
    this.cut = false;
    const event = cut ? logLine(`${text} … (cut)`) : eventOf(text);
    if (event !== undefined) yield { event, offset: this.offset };
  }
}

function eventOf(line: string): InstallerEvent | undefined {
  const value = line.trimStart().startsWith('{') ? parsed(line) : undefined;
  return (value === undefined ? undefined : knownEvent(value)) ?? logLine(line);
}

function logLine(line: string): InstallerEvent | undefined {
  const text = lastWritten(line);
  return text === '' ? undefined : { kind: 'log', text };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

function knownEvent(value: Readonly<Record<string, unknown>>): InstallerEvent | undefined {
  switch (value['event']) {
    case 'step':
      return stepEvent(value);
    case 'error':
      return errorEvent(value);
    case 'complete':
      return completeEvent(asObject(value['server']));
    default:
      return undefined;
  }
}

function stepEvent(value: Readonly<Record<string, unknown>>): InstallerEvent | undefined {
  const step = textOf(value['step']);
  const status = value['status'];
  if (step === undefined || !/^[a-z0-9_]{1,64}$/.test(step) || !STATUSES.has(status))
    return undefined;
  return { kind: 'step', step, status: status as InstallerStatus };
}

function errorEvent(value: Readonly<Record<string, unknown>>): InstallerEvent | undefined {
  const message = textOf(value['message']);
  if (message === undefined) return undefined;
  const code = value['code'];
  const known = typeof code === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(code);
  return { kind: 'error', message, ...(known ? { code } : {}) };
}

function completeEvent(
  server: Readonly<Record<string, unknown>> | undefined,
): InstallerEvent | undefined {
  const ip = textOf(server?.['ip']);
  const panelUrl = textOf(server?.['panelUrl']);
  const p12Path = textOf(server?.['p12Path']);
  const p12PasswordPath = textOf(server?.['p12PasswordPath']);
  if (!ip || !panelUrl || !p12Path || !p12PasswordPath) return undefined;
  return { kind: 'complete', server: { ip, panelUrl, p12Path, p12PasswordPath } };
}

/** A string as one plain line of limited length; undefined when it is none or empty. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const lines = value.split('\n').map((line) => line.trim());
  const text = lastWritten(lines.filter((line) => line !== '').join(' '));
  if (text === '') return undefined;
  return text.length > TEXT_MAX_LENGTH ? `${text.slice(0, TEXT_MAX_LENGTH)} … (cut)` : text;
}

/** Gives a clean line, without text overwritten by a carriage return. */
function lastWritten(line: string): string {
  const written = line.split('\r').map(cleanLine);
  return (written.findLast((part) => part.trim() !== '') ?? '').trimEnd();
}
