import { systemCodeOf } from '../../../core/errors.js';
import type { Clock } from '../../../core/time.js';
import { asFileError } from '../../files/atomic.js';
import { addRecords, foldJournal } from './fold.js';
import { isNoLogLine } from './history.js';
import { JournalTail, openToRead } from './journal-tail.js';
import { journalPath, listOperationIds } from './journal.js';
import type { Operation } from '../operations.js';
import type { Liveness } from '../../process/identity.js';
import type { JournalRecord } from './records.js';
import { findWorker, livenessOfWorker, START_TIMEOUT_MS } from '../worker/worker-process.js';

interface Known {
  /** Tells the file from a later one of the same name. */
  readonly inode: number;
  readonly tail: JournalTail;
  operation: Operation | undefined;
  /** The last record that names a worker. */
  worker: JournalRecord | undefined;
}

/**
 * Watches all operations of a home folder. Each look reads only records written since the previous
 * one, because an installer writes journals of many megabytes.
 */
export class KnownOperations {
  private readonly known = new Map<string, Known>();
  private looking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly home: string,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Newest first. */
  list(): Promise<Operation[]> {
    // Serialise the looks: each continues at the end of the previous one.
    const look = this.looking.then(() => this.look());
    this.looking = look.catch(() => undefined);
    return look;
  }

  private async look(): Promise<Operation[]> {
    const ids = await listOperationIds(this.home);
    for (const id of this.known.keys()) if (!ids.includes(id)) this.known.delete(id);
    const operations = await Promise.all(ids.map((id) => this.operation(id)));
    return operations
      .filter((operation) => operation !== undefined)
      .sort((one, other) => other.startedAt - one.startedAt);
  }

  private async operation(id: string): Promise<Operation | undefined> {
    let known = await this.catchUp(id);
    let worker: JournalRecord | undefined;
    let liveness: Liveness;
    do {
      worker = known?.worker;
      const records = worker === undefined ? [] : [worker];
      liveness = livenessOfWorker(await findWorker(this.home, id, records));
      // Read again after the worker's end: it may have written its last record since, and writes
      // nothing more.
      const mayHaveEnded = known?.operation?.endedAt === undefined;
      if (liveness !== 'alive' && mayHaveEnded) known = await this.catchUp(id);
    } while (known?.worker !== worker);
    if (known?.operation === undefined) return undefined;
    if (this.isBeingTakenUp(known, known.operation)) liveness = 'alive';
    return addRecords(known.operation, [], liveness);
  }

  /** Another program has begun it, and its worker is only starting: nothing was interrupted. */
  private isBeingTakenUp({ worker }: Known, { startedAt }: Operation): boolean {
    const age = this.clock.now() - startedAt;
    return worker === undefined && age >= 0 && age < START_TIMEOUT_MS;
  }

  private async catchUp(id: string): Promise<Known | undefined> {
    const path = journalPath(this.home, id);
    try {
      const file = await openToRead(path);
      try {
        const { ino, size } = await file.stat();
        const known = this.goOnWith(id, ino, size);
        await known.tail.read(file, (records) => takeIn(known, records));
        return known;
      } finally {
        await file.close();
      }
    } catch (error) {
      this.known.delete(id);
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw asFileError(error, path);
    }
  }

  private goOnWith(id: string, inode: number, size: number): Known {
    const before = this.known.get(id);
    if (before?.inode === inode && size >= before.tail.position) return before;
    const known = {
      inode,
      tail: new JournalTail({ isWanted: isNoLogLine }),
      operation: undefined,
      worker: undefined,
    };
    this.known.set(id, known);
    return known;
  }
}

function takeIn(known: Known, records: readonly JournalRecord[]): void {
  known.operation =
    known.operation === undefined
      ? foldJournal(records, 'gone')
      : addRecords(known.operation, records, 'gone');
  known.worker = records.findLast(({ event }) => event === 'worker') ?? known.worker;
}
