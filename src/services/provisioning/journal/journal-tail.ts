import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemCodeOf } from '../../../core/errors.js';
import { asFileError, refuseSymbolicLink } from '../../files/atomic.js';
import type { JournalRecord } from './records.js';
import { SUBSTEPS_MAX } from './fold.js';

/** Small chunks, so that reading a long journal does not delay the keyboard. */
const READ_CHUNK_BYTES = 64 * 1024;
/** Longer lines are passed over. A line of an installer has 64 KiB at most, and JSON makes six times that of it. */
const RECORD_MAX_BYTES = 512 * 1024;
const NEWLINE = 10;

interface TailOptions {
  /** False for a line that is not worth parsing. */
  readonly isWanted?: (line: string) => boolean;
  readonly chunkBytes?: number;
}

/**
 * Reads a journal that grows: each record once, in order, and of a line only when it is whole. Keeps a chunk and the
 * beginning of one line, however long the journal and its lines are. One read at a time.
 */
export class JournalTail {
  private readonly rest: Buffer[] = [];
  private restBytes = 0;
  private isTooLong = false;
  private chunk: Buffer | undefined;
  private offset = 0;

  constructor(private readonly options: TailOptions = {}) {}

  /** Bytes that were taken in. */
  get position(): number {
    return this.offset;
  }

  /** Bytes of a line that is not whole yet. */
  get held(): number {
    return this.restBytes;
  }

  /** Hands over what came since the last read, in pieces between which others get their turn. */
  async read(
    file: FileHandle,
    listener: (records: readonly JournalRecord[]) => void,
  ): Promise<void> {
    this.chunk ??= Buffer.alloc(this.options.chunkBytes ?? READ_CHUNK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(this.chunk, 0, this.chunk.length, this.offset);
      if (bytesRead === 0) return;
      this.offset += bytesRead;
      const records = this.takeIn(this.chunk.subarray(0, bytesRead));
      if (records.length > 0) listener(records);
    }
  }

  private takeIn(bytes: Buffer): JournalRecord[] {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.keep(bytes);
      return [];
    }
    const begin = this.isTooLong ? bytes.indexOf(NEWLINE) + 1 : 0;
    const lines = Buffer.concat([...this.rest, bytes.subarray(begin, end)]).toString('utf8');
    this.dropRest();
    this.isTooLong = false;
    this.keep(bytes.subarray(end));
    const { isWanted = () => true } = this.options;
    return lines.split('\n').filter(isWanted).flatMap(parseRecord);
  }

  private keep(bytes: Buffer): void {
    if (this.isTooLong || bytes.length === 0) return;
    this.isTooLong = this.restBytes + bytes.length > RECORD_MAX_BYTES;
    if (this.isTooLong) return this.dropRest();
    // A copy: the chunk is used again.
    this.rest.push(Buffer.from(bytes));
    this.restBytes += bytes.length;
  }

  private dropRest(): void {
    this.rest.length = 0;
    this.restBytes = 0;
  }
}

/** Rejects with `symbolic-link` when a link is in the journal's place. */
export async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCodeOf(error) === 'ELOOP') await refuseSymbolicLink(path);
    throw error;
  }
}

/** Required fields by event; a record without them would break every reader. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  operation: ['request'],
  rollback: ['resource'],
  'rolled-back': ['leftovers'],
  complete: ['server', 'leftovers'],
};

/** The record of a line; nothing for what is none. */
function parseRecord(line: string): JournalRecord[] {
  try {
    const value = JSON.parse(line) as Readonly<Record<string, unknown>> | null;
    const event = value?.['event'];
    if (typeof event !== 'string' || typeof value?.['at'] !== 'number') return [];
    const parts = Object.hasOwn(PARTS, event) ? PARTS[event]! : [];
    const isWhole = parts.every((part) => typeof value[part] === 'object' && value[part] !== null);
    return isWhole ? [value as unknown as JournalRecord] : [];
  } catch {
    return [];
  }
}

type Substep = Extract<JournalRecord, { event: 'substep' }>;

/** A process that waits for all of it has no keyboard to attend to. */
const HISTORY_CHUNK_BYTES = 1024 * 1024;
/** Pattern of a log line as `Journal.write` writes it. */
const LOG_LINE = /^\{"at":\d+,"event":"log",/;
const OFFSET = ',"offset":';

/**
 * The records of a journal that say where its operation is; undefined when there is no journal. They fold to the same
 * operation as all of them. What an installer printed is left out, so a journal of any size gives few records.
 */
export async function readHistory(path: string): Promise<JournalRecord[] | undefined> {
  try {
    const file = await openToRead(path);
    try {
      const history = new History();
      await readInto(history, file);
      return history.records();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

/** Adds all that is in a journal. */
export async function readInto(history: History, file: FileHandle): Promise<void> {
  const { isWanted } = history;
  const tail = new JournalTail({ isWanted, chunkBytes: HISTORY_CHUNK_BYTES });
  await tail.read(file, (records) => history.add(records));
}

/** False for a line of a log, by its first bytes: parsing millions of them takes too long. */
export function isNoLogLine(line: string): boolean {
  return !LOG_LINE.test(line);
}

/** The last member of a record, read without parsing it: within a text its quotes would be escaped. */
function offsetOf(line: string): number {
  const begin = line.lastIndexOf(OFFSET);
  return begin === -1 ? 0 : Number(line.slice(begin + OFFSET.length, -1));
}

/** Collects the records that readHistory returns. */
export class History {
  private readonly kept: JournalRecord[] = [];
  /** The last record of each substep: the first is among those that are kept, for the order. */
  private readonly substeps = new Map<string, Substep>();
  private waiting: JournalRecord | undefined;
  /** Highest offset read in the droplet's log, in bytes, and the log line that carries it. */
  private furthest = 0;
  private furthestLine = '';

  readonly isWanted = (line: string): boolean => {
    const offset = offsetOf(line);
    if (offset > this.furthest) {
      this.furthest = offset;
      this.furthestLine = line;
    }
    return isNoLogLine(line);
  };

  /** Adds a line that was just written. */
  take(line: string): void {
    if (this.isWanted(line)) this.add(parseRecord(line));
  }

  add(records: readonly JournalRecord[]): void {
    for (const record of records) this.addOne(record);
  }

  records(): JournalRecord[] {
    return [
      ...this.kept,
      ...parseRecord(this.furthestLine),
      ...this.substeps.values(),
      ...(this.waiting === undefined ? [] : [this.waiting]),
    ];
  }

  private addOne(record: JournalRecord): void {
    if (record.event === 'waiting') {
      this.waiting = record;
      return;
    }
    if (record.event !== 'clock') this.waiting = undefined;
    if (record.event !== 'substep') {
      this.kept.push(record);
      return;
    }
    const isKnown = this.substeps.has(record.name);
    if (!isKnown && this.substeps.size === SUBSTEPS_MAX) return;
    if (!isKnown) this.kept.push(record);
    this.substeps.set(record.name, record);
  }
}
