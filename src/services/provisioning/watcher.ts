import type { FileHandle } from 'node:fs/promises';
import { messageOf, systemCodeOf } from '../../core/errors.js';
import { type Disposable, toDisposable } from '../../core/lifecycle.js';
import { type Clock, nextTurn } from '../../core/time.js';
import { asFileError } from '../files/atomic.js';
import type { Liveness } from '../process/identity.js';
import { addRecords, foldJournal } from './journal/fold.js';
import { journalPath, listOperationIds } from './journal/journal.js';
import { isNoLogLine, JournalTail, openToRead } from './journal/journal-tail.js';
import type { JournalRecord, WorkerRecord } from './journal/records.js';
import {
  type Follower,
  isUnderWay,
  type Operation,
  type OperationsListener,
} from './operations.js';
import {
  findWorker,
  livenessOfWorker,
  START_TIMEOUT_MS,
  type SeenWorker,
  type Worker,
} from './worker/worker-process.js';

const FOLLOW_INTERVAL_MS = 40;
/** Interval of looks at workers, and at the folder while an operation is under way. */
const LOOK_INTERVAL_MS = 2_000;
const IDLE_INTERVAL_MS = 10_000;

type WatcherClock = Pick<Clock, 'now' | 'monotonic'>;

/**
 * Watches the journals of a home folder, and folds each once: lists, screens and followers read from here. Each look
 * reads only records written since the previous one, because an installer writes journals of many megabytes.
 */
export class OperationsWatcher {
  private readonly journals = new Map<string, WatchedJournal>();
  private readonly listeners = new Set<OperationsListener>();
  private listing = 0;
  private listedAt = -Infinity;
  private lookedAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly home: string,
    private readonly clock: WatcherClock,
  ) {}

  /** Looks at all now; newest first. */
  async list(): Promise<readonly Operation[]> {
    await this.lookAtAll();
    return this.operations();
  }

  async lookAtAll(): Promise<readonly SeenWorker[]> {
    this.listedAt = this.lookedAt = this.clock.monotonic();
    this.listing += 1;
    try {
      await nextTurn();
      const ids = new Set([...(await listOperationIds(this.home)), ...this.journals.keys()]);
      await Promise.all(Array.from(ids, (id) => this.look(id)));
    } finally {
      this.listing -= 1;
      this.report();
    }
    return this.allSeen();
  }

  /** Looks at one now; undefined where there is none. */
  async look(id: string): Promise<SeenWorker | undefined> {
    const journal = this.journal(id);
    await journal.look();
    if (journal.seen === undefined && !journal.isFollowed) this.journals.delete(id);
    return journal.seen;
  }

  watch(listener: OperationsListener): Disposable {
    this.listeners.add(listener);
    this.schedule();
    return toDisposable(() => {
      this.listeners.delete(listener);
      this.schedule();
    });
  }

  follow(id: string, follower: Follower): Disposable {
    const journal = this.journal(id);
    journal.add(follower);
    this.schedule();
    return toDisposable(() => {
      journal.remove(follower);
      this.schedule();
    });
  }

  private journal(id: string): WatchedJournal {
    const known = this.journals.get(id);
    if (known !== undefined) return known;
    const handleChange = (): void => {
      if (this.listing === 0) this.report();
    };
    const journal = new WatchedJournal(this.home, id, this.clock, handleChange);
    this.journals.set(id, journal);
    return journal;
  }

  private allSeen(): readonly SeenWorker[] {
    return Array.from(this.journals.values(), ({ seen }) => seen).filter(
      (seen) => seen !== undefined,
    );
  }

  private operations(): readonly Operation[] {
    return this.allSeen()
      .map(({ operation }) => operation)
      .sort((one, other) => other.startedAt - one.startedAt);
  }

  private report(): void {
    const operations = this.operations();
    for (const { onChange } of this.listeners) onChange(operations);
  }

  private get followed(): readonly WatchedJournal[] {
    return [...this.journals.values()].filter(({ isFollowed }) => isFollowed);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const isFollowing = this.followed.length > 0;
    if (!isFollowing && this.listeners.size === 0) return;
    const handleTick = (): void => void this.tick().finally(() => this.schedule());
    this.timer = setTimeout(handleTick, isFollowing ? FOLLOW_INTERVAL_MS : LOOK_INTERVAL_MS);
  }

  private async tick(): Promise<void> {
    const now = this.clock.monotonic();
    if (this.listeners.size > 0 && now - this.listedAt >= this.listInterval()) {
      await this.list().catch((error: unknown) => {
        for (const { onError } of this.listeners) onError(error);
      });
    } else if (now - this.lookedAt >= LOOK_INTERVAL_MS) {
      this.lookedAt = now;
      await Promise.allSettled(this.followed.map((journal) => journal.look()));
    } else await Promise.all(this.followed.map((journal) => journal.readOn()));
  }

  private listInterval(): number {
    const isBusy = this.operations().some(isUnderWay);
    return isBusy ? LOOK_INTERVAL_MS : IDLE_INTERVAL_MS;
  }
}

/** A journal, read as it grows, and its worker. One read at a time. */
class WatchedJournal {
  seen: SeenWorker | undefined;
  /** By follower: true once it is given news, from the journal's first record on. */
  private readonly followers = new Map<Follower, boolean>();
  private readonly path: string;
  /** Held open while followed: another program may forget an operation right after its last record. */
  private file: FileHandle | undefined;
  private inode: number | undefined;
  private tail = this.newTail();
  private folded: Operation | undefined;
  private workerRecord: WorkerRecord | undefined;
  private isFromStart = true;
  private toldError: string | undefined;
  private shown: { readonly folded?: Operation | undefined; readonly worker: Liveness } | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly home: string,
    id: string,
    private readonly clock: WatcherClock,
    private readonly onChange: () => void,
  ) {
    this.path = journalPath(home, id);
  }

  get isFollowed(): boolean {
    return this.followers.size > 0;
  }

  /** Reads from the start again, for a follower that wants the log as well. */
  add(follower: Follower): void {
    this.followers.set(follower, false);
    this.toldError = undefined;
    const start = async (): Promise<void> => {
      if (!this.followers.has(follower)) return;
      this.followers.set(follower, true);
      this.restart();
      await this.lookNow();
    };
    this.inTurn(start).catch((error: unknown) => this.tellError(error));
  }

  remove(follower: Follower): void {
    this.followers.delete(follower);
    if (!this.isFollowed) void this.inTurn(() => this.keepOpen(undefined));
  }

  /** Reads what is new, and asks for the worker. Rejects with a FileError. */
  async look(): Promise<void> {
    try {
      await this.inTurn(() => this.lookNow());
      this.toldError = undefined;
    } catch (error) {
      this.tellError(error);
      throw error;
    }
  }

  /** Reads what is new in a journal held open; a failure is left to the next look. */
  async readOn(): Promise<void> {
    await this.inTurn(async () => {
      if (this.file === undefined) return;
      const before = this.folded;
      await this.read(this.file).catch(() => this.keepOpen(undefined));
      if (this.folded === before) return;
      // A record written just now proves a living worker, wherever that is.
      this.show(this.shown?.worker === 'unseen' ? 'unseen' : 'alive', this.seen?.worker);
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async lookNow(): Promise<void> {
    let record: WorkerRecord | undefined;
    let worker: Worker | undefined;
    let liveness: Liveness;
    do {
      const isThere = await this.catchUp();
      if (this.workerRecord === undefined && (await this.isBeingMended())) return;
      if (!isThere) return this.show('gone', undefined);
      record = this.workerRecord;
      worker = record && (await this.findWorker(record));
      liveness = livenessOfWorker(worker);
      // Read again after the worker's end: it may have written its last record since, and writes
      // nothing more.
      if (liveness !== 'alive' && this.folded?.endedAt === undefined) await this.catchUp();
    } while (this.workerRecord !== record);
    this.show(this.isBeingTakenUp() ? 'alive' : liveness, worker);
  }

  private async findWorker(record: WorkerRecord): Promise<Worker | undefined> {
    return this.folded && (await findWorker(this.home, this.folded.request, record));
  }

  /** Lost while its worker lives, which writes it again: until then what was seen of it holds. */
  private async isBeingMended(): Promise<boolean> {
    const { operation, workerRecord } = this.seen ?? {};
    if (workerRecord === undefined || operation?.endedAt !== undefined) return false;
    const worker = await findWorker(this.home, operation!.request, workerRecord);
    return worker?.sight === 'here';
  }

  /** Another program has begun it, and its worker is only starting: nothing was interrupted. */
  private isBeingTakenUp(): boolean {
    if (this.workerRecord !== undefined || this.folded === undefined) return false;
    const age = this.clock.now() - this.folded.startedAt;
    return age >= 0 && age < START_TIMEOUT_MS;
  }

  /** False when there is no journal any more. */
  private async catchUp(): Promise<boolean> {
    try {
      const file = await openToRead(this.path);
      await this.keepOpen(file);
      const { ino, size } = await file.stat();
      if (ino !== this.inode || size < this.tail.position) this.restart(ino);
      await this.read(file);
      return true;
    } catch (error) {
      const isGone = systemCodeOf(error) === 'ENOENT';
      if (isGone) await this.readLast();
      this.restart();
      if (isGone) return false;
      throw asFileError(error, this.path);
    } finally {
      if (!this.isFollowed) await this.keepOpen(undefined);
    }
  }

  /** The end of a followed journal that was removed right after it. */
  private async readLast(): Promise<void> {
    const before = this.folded;
    if (this.file !== undefined) await this.read(this.file).catch(() => undefined);
    if (this.folded !== before) this.show('gone', undefined);
    await this.keepOpen(undefined);
  }

  private async read(file: FileHandle): Promise<void> {
    await this.tail.read(file, (records) => {
      this.takeIn(records);
      const news = { kind: 'records', records, fromStart: this.isFromStart } as const;
      this.isFromStart = false;
      this.tell(({ onNews }) => onNews(news));
    });
  }

  private tell(what: (follower: Follower) => void): void {
    for (const [follower, isStarted] of this.followers) if (isStarted) what(follower);
  }

  /** Tells an error once: the look that found it is repeated every few seconds. */
  private tellError(error: unknown): void {
    const message = messageOf(error);
    if (message !== this.toldError) this.tell(({ onError }) => onError(error));
    this.toldError = message;
  }

  private takeIn(records: readonly JournalRecord[]): void {
    const facts = records.filter(({ event }) => event !== 'log');
    if (facts.length === 0) return;
    this.folded =
      this.folded === undefined
        ? foldJournal(facts, 'gone')
        : addRecords(this.folded, facts, 'gone');
    this.workerRecord =
      (facts.findLast(({ event }) => event === 'worker') as WorkerRecord | undefined) ??
      this.workerRecord;
  }

  private show(worker: Liveness, process: Worker | undefined): void {
    const { folded, workerRecord, seen, shown } = this;
    const isKnown = shown?.folded === folded && shown?.worker === worker;
    if (folded === undefined) this.seen = undefined;
    else {
      const operation = isKnown && seen ? seen.operation : addRecords(folded, [], worker);
      this.seen = { operation, workerRecord, worker: process };
    }
    if (isKnown) return;
    this.shown = { folded, worker };
    const news = { kind: 'state', operation: this.seen?.operation, worker } as const;
    this.tell(({ onNews }) => onNews(news));
    this.onChange();
  }

  private restart(inode?: number): void {
    this.inode = inode;
    this.tail = this.newTail();
    this.folded = undefined;
    this.workerRecord = undefined;
    this.isFromStart = true;
    this.shown = undefined;
  }

  private newTail(): JournalTail {
    return new JournalTail({ isWanted: (line) => this.isFollowed || isNoLogLine(line) });
  }

  private async keepOpen(file: FileHandle | undefined): Promise<void> {
    const before = this.file;
    this.file = file;
    await before?.close().catch(() => undefined);
  }
}
