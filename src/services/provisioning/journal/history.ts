import { systemCodeOf } from '../../../core/errors.js';
import { asFileError } from '../../files/atomic.js';
import { SUBSTEPS_MAX } from './fold.js';
import { JournalTail, openToRead, parseRecord } from './journal-tail.js';
import type { JournalRecord } from './records.js';

type Substep = Extract<JournalRecord, { event: 'substep' }>;

/** A process that waits for all of it has no keyboard to attend to. */
const READ_CHUNK_BYTES = 1024 * 1024;
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
      const { isWanted } = history;
      const tail = new JournalTail({ isWanted, chunkBytes: READ_CHUNK_BYTES });
      await tail.read(file, (records) => history.add(records));
      return history.records();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
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

class History {
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
