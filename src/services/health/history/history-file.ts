import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../core/errors.js';
import { makePrivateFolder, PRIVATE_FILE_MODE, refuseSymbolicLink } from '../../files/atomic.js';
import { serverFolder } from '../../registry/server-files.js';
import {
  addSample,
  type Bin,
  binsOf,
  emptyBin,
  mergeBins,
  NO_HISTORY,
  type Outage,
  type Sample,
  type ServerHistory,
} from './history.js';
import {
  type BinRing,
  binPiece,
  FIVES,
  historyOf,
  HOURS,
  outagePiece,
  type Piece,
  readRing,
  RING_FILE_BYTES,
  samplePiece,
} from './records.js';

/** In the server's folder, which goes with the server. */
const NAME = 'history.ring';
/** A failed look later than this after the last one begins another outage: the time between is unknown. */
const UNWATCHED_MS = 300_000;

/** Reads what is kept of a server; nothing where there is no file. */
export async function readHistory(home: string, id: string, now: number): Promise<ServerHistory> {
  const file = await readFileOf(home, id);
  return file === undefined ? NO_HISTORY : historyOf(readRing(file, now));
}

/**
 * Writes the history of one server, of which this process alone is the writer. A sample is one small write at once; a
 * bin is written when it is over, so that no write replaces what is whole. What a crash leaves unwritten is made of the
 * samples at the next start.
 */
export class HistoryWriter {
  private loaded: Loaded | undefined;
  private lastAt = -Infinity;
  private last: Promise<void> = Promise.resolve();
  private removed = false;
  /** Not written yet: of successes alone. */
  private held: Piece[] = [];
  private successes = 0;

  constructor(
    private readonly home: string,
    private readonly id: string,
  ) {}

  /**
   * Adds a sample, after those before it. Of successes in a row `atOnce` share one write; begin and end of an outage are
   * written at once. Rejects with the error of the file system.
   */
  add(sample: Sample, atOnce = 1): Promise<void> {
    return this.inTurn(() => this.write(sample, atOnce));
  }

  /** Writes what waits for others. */
  flush(): Promise<void> {
    return this.inTurn(() => this.writeHeld());
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const work = this.last.then(step);
    this.last = work.catch(() => undefined);
    return work;
  }

  private async write(sample: Sample, atOnce: number): Promise<void> {
    if (this.removed) return;
    if (sample.at < this.lastAt && this.loaded !== undefined) {
      // The clock was set back: bins may grow again that are written.
      this.held.push(...this.loaded.flush());
      await this.writeHeld();
      this.loaded = undefined;
    }
    this.lastAt = sample.at;
    this.loaded ??= await this.load(sample.at);
    this.held.push(...this.loaded.add(sample));
    const isSuccess = sample.latencyMs !== undefined;
    this.successes = isSuccess ? this.successes + 1 : 0;
    // The first success ends an outage, perhaps.
    if (this.successes <= 1 || this.successes % atOnce === 0) await this.writeHeld();
  }

  private async load(now: number): Promise<Loaded> {
    const folder = serverFolder(this.home, this.id);
    for (const path of [this.home, join(this.home, 'servers'), folder])
      await makePrivateFolder(path);
    const path = join(folder, NAME);
    await refuseSymbolicLink(path);
    const file = await readFileOf(this.home, this.id);
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
    if (file === undefined) await (await open(path, flags, PRIVATE_FILE_MODE)).close();
    return new Loaded(file ?? Buffer.alloc(0), now);
  }

  /** Without creating: a file that is gone was removed together with its server, by another process perhaps. */
  private async writeHeld(): Promise<void> {
    const pieces = this.held;
    if (pieces.length === 0 || this.removed) return;
    this.held = [];
    const path = join(serverFolder(this.home, this.id), NAME);
    try {
      const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
      try {
        for (const { at, bytes } of joined(pieces)) await file.write(bytes, 0, bytes.length, at);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      this.removed = true;
    }
  }
}

/** Pieces that follow each other become one. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last !== undefined && last.at + last.bytes.length === piece.at)
      all[all.length - 1] = { at: last.at, bytes: Buffer.concat([last.bytes, piece.bytes]) };
    else all.push(piece);
  }
  return all;
}

/** Places for the next records of a file. */
class Loaded {
  private readonly slots: number;
  private readonly first: number;
  /** Undefined where they follow each other, as they do unless something was torn or the clock set back: 6 kB less. */
  private readonly order: Uint16Array | undefined;
  private next = 0;
  private readonly fives: OpenBin;
  private readonly hours: OpenBin;
  private outage: Outage | undefined;
  private outageSlot: number;
  private readonly overdue: Piece[];

  constructor(file: Buffer, now: number) {
    const ring = readRing(file, now);
    const { order } = ring;
    const { length } = order;
    const first = order[0] ?? 0;
    const isInTurn = order.every((slot, index) => slot === (first + index) % length);
    [this.slots, this.first, this.order] = [length, first, isInTurn ? undefined : order];
    this.fives = new OpenBin(FIVES, ring.fives, ring.samples, now);
    this.hours = new OpenBin(HOURS, ring.hours, ring.samples, now);
    this.overdue = [...this.fives.unwritten, ...this.hours.unwritten];
    this.outageSlot = ring.outageSlots.at(-1) ?? -1;
    const last = ring.outages.at(-1);
    if (last?.to !== undefined || last === undefined) return;
    const seen = ring.samples.at(-1)?.at ?? last.from;
    if (now - seen < UNWATCHED_MS) this.outage = last;
    else
      this.overdue.push(
        outagePiece(this.outageSlot, { from: last.from, to: Math.max(seen, last.from) }),
      );
  }

  /** Pieces to write for a sample. */
  add(sample: Sample): readonly Piece[] {
    const slot = this.order?.[this.next] ?? (this.first + this.next) % this.slots;
    this.next = (this.next + 1) % this.slots;
    return [
      ...this.overdue.splice(0),
      samplePiece(slot, sample),
      ...this.fives.add(sample),
      ...this.hours.add(sample),
      ...this.addToOutage(sample),
    ];
  }

  /** Pieces of the bins that grow. */
  flush(): readonly Piece[] {
    return [...this.fives.flush(), ...this.hours.flush()];
  }

  private addToOutage({ at, latencyMs }: Sample): readonly Piece[] {
    const { outage } = this;
    if (latencyMs === undefined && outage === undefined) {
      this.outage = { from: at, to: undefined };
      this.outageSlot += 1;
      return [outagePiece(this.outageSlot, this.outage)];
    }
    if (latencyMs === undefined || outage === undefined) return [];
    this.outage = undefined;
    // A clock that was set back ends no outage before it began.
    return [outagePiece(this.outageSlot, { from: outage.from, to: Math.max(at, outage.from) })];
  }
}

/** The bin that grows; those before it are written. */
class OpenBin {
  private bin: Bin | undefined;
  /** Later ones, after a clock was set back: they grow again. */
  private readonly later = new Map<number, Bin>();
  /** Bins that were over before they were written. */
  readonly unwritten: readonly Piece[];

  constructor(
    private readonly ring: BinRing,
    written: readonly Bin[],
    samples: readonly Sample[],
    now: number,
  ) {
    const kept = new Map(written.map((bin) => [bin.at, bin]));
    const made = binsOf(samples, ring.ms);
    const better = made.filter(({ at, count }) => count > (kept.get(at)?.count ?? 0));
    const all = mergeBins(written, made);
    this.bin = all.findLast(({ at }) => at <= now);
    for (const bin of all) if (bin.at > now) this.later.set(bin.at, bin);
    this.unwritten = better
      .filter(({ at }) => at !== this.bin?.at)
      .map((bin) => binPiece(ring, bin));
  }

  add(sample: Sample): readonly Piece[] {
    const { ring, bin } = this;
    const at = Math.floor(sample.at / ring.ms) * ring.ms;
    const isOver = bin?.at !== at;
    const grown = isOver ? (this.later.get(at) ?? emptyBin(at, ring.ms)) : bin;
    this.bin = addSample(grown, sample);
    return isOver && bin !== undefined ? [binPiece(ring, bin)] : [];
  }

  flush(): readonly Piece[] {
    return this.bin === undefined ? [] : [binPiece(this.ring, this.bin)];
  }
}

async function readFileOf(home: string, id: string): Promise<Buffer | undefined> {
  const path = join(serverFolder(home, id), NAME);
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(RING_FILE_BYTES);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) return bytes.subarray(0, length);
        length += bytesRead;
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
