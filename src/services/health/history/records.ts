import {
  type Bin,
  binsOf,
  FIVE_MS,
  HOUR_MS,
  mergeBins,
  type Outage,
  type Sample,
  type ServerHistory,
} from './history.js';
import { DAY_MS } from '../../../core/time.js';

/*
 * Layout of a ring file: samples, bins of 5 minutes, bins of an hour, outages, each of a fixed size and place, so that
 * a file is 12 blocks of 4 kB at most. Every record ends with a checksum over itself and its full time: one that is
 * torn, stale or was never written is none.
 */

/** 24 hours at a look in 30 s, and some by hand. */
const SAMPLES = 2_900;
const SAMPLE_BYTES = 7;
const OUTAGES = 77;
const OUTAGE_BYTES = 10;
const CHECKSUM_BYTES = 2;
/** A sample carries the lower 24 bits of its second. */
const SECONDS_LAP = 2 ** 24;
/** A time so far ahead of the clock, ms, is one of a clock that was wrong. */
const AHEAD_MS = 60_000;
/** Samples so far ahead are kept: they are of a clock that was set back since. */
const SET_BACK_MS = 2 * DAY_MS;
const KEPT_MS = 30 * DAY_MS;
const FAILED = 0xffff;
/** Latencies are kept in tenths of a millisecond. */
const TENTH = 10;

/** A ring of bins; a bin's place follows from its time. */
export interface BinRing {
  readonly offset: number;
  readonly slots: number;
  readonly bytes: number;
  /** Length of a bin. */
  readonly ms: number;
  /** Bits of each of its two counts. */
  readonly bits: 8 | 12;
}

const FIVES_AT = SAMPLES * SAMPLE_BYTES;
export const FIVES: BinRing = { offset: FIVES_AT, slots: 2_016, bytes: 10, ms: FIVE_MS, bits: 8 };
const HOURS_AT = FIVES_AT + FIVES.slots * FIVES.bytes;
export const HOURS: BinRing = { offset: HOURS_AT, slots: 720, bytes: 11, ms: HOUR_MS, bits: 12 };
const OUTAGES_AT = HOURS_AT + HOURS.slots * HOURS.bytes;

/** Most bytes that a server's file takes. */
export const RING_FILE_BYTES = OUTAGES_AT + OUTAGES * OUTAGE_BYTES;

/** Bytes for a place in the file. */
export interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

export function samplePiece(slot: number, { at, latencyMs }: Sample): Piece {
  const bytes = Buffer.alloc(SAMPLE_BYTES);
  const second = Math.floor(at / 1_000);
  bytes.writeUIntBE(second % SECONDS_LAP, 0, 3);
  bytes.writeUInt16BE(latencyMs === undefined ? FAILED : tenths(latencyMs), 3);
  return { at: slot * SAMPLE_BYTES, bytes: seal(bytes, second) };
}

export function binPiece(ring: BinRing, bin: Bin): Piece {
  const number = bin.at / ring.ms;
  const { min, mean, max } = bin.latency ?? { min: 0, mean: 0, max: 0 };
  const bytes = Buffer.alloc(ring.bytes);
  bytes.writeUInt8(Math.floor(number / ring.slots) % 256, 0);
  bytes.writeUInt16BE(tenths(min), 1);
  bytes.writeUInt16BE(tenths(max), 3);
  bytes.writeUInt8(max > min ? Math.round((255 * (mean - min)) / (max - min)) : 0, 5);
  const most = 2 ** ring.bits - 1;
  // Past the most they keep their proportion.
  const scale = Math.min(1, most / Math.max(1, bin.count));
  const count = Math.round(bin.count * scale);
  const failed = Math.min(count, Math.ceil(bin.failed * scale));
  bytes.writeUIntBE(count * 2 ** ring.bits + failed, 6, ring.bits / 4);
  return { at: ring.offset + (number % ring.slots) * ring.bytes, bytes: seal(bytes, number) };
}

/** `slot` counts on without end; the ring keeps the last ones. */
export function outagePiece(slot: number, { from, to }: Outage): Piece {
  const bytes = Buffer.alloc(OUTAGE_BYTES);
  bytes.writeUInt32BE(Math.floor(from / 1_000), 0);
  bytes.writeUInt32BE(to === undefined ? 0 : Math.floor(to / 1_000), 4);
  return { at: OUTAGES_AT + (slot % OUTAGES) * OUTAGE_BYTES, bytes: seal(bytes, 0) };
}

/** A ring file as it was read. Whatever is torn, stale or from the future is left out. */
export interface RingContent {
  readonly samples: readonly Sample[];
  readonly fives: readonly Bin[];
  readonly hours: readonly Bin[];
  readonly outages: readonly Outage[];
  /** Slots of samples in the order of the next writes: unused ones, then the oldest. */
  readonly order: Uint16Array;
  /** Slot of each of `outages`. */
  readonly outageSlots: readonly number[];
}

export function readRing(file: Buffer, now: number): RingContent {
  const bins = (ring: BinRing): Bin[] =>
    Array.from({ length: ring.slots }, (_, slot) => readBin(file, ring, slot, now))
      .filter((bin) => bin !== undefined)
      .sort((one, other) => one.at - other.at);
  const outages = Array.from({ length: OUTAGES }, (_, slot) => readOutage(file, slot, now))
    .filter((found) => found !== undefined)
    .sort((one, other) => one.outage.from - other.outage.from || one.slot - other.slot);
  return {
    ...readSamples(file, now),
    fives: bins(FIVES),
    hours: bins(HOURS),
    outages: outages.map(({ outage }) => outage),
    outageSlots: outages.map(({ slot }) => slot),
  };
}

/** The history in a ring's content: bins that were not written yet are made of the samples. Pure. */
export function historyOf({ samples, fives, hours, outages }: RingContent): ServerHistory {
  return {
    samples,
    fives: mergeBins(fives, binsOf(samples, FIVE_MS)),
    hours: mergeBins(hours, binsOf(samples, HOUR_MS)),
    outages,
  };
}

/** Samples by age, and the order of the next writes. Objects are made of used slots alone: most files have few. */
function readSamples(
  file: Buffer,
  now: number,
): { readonly samples: readonly Sample[]; readonly order: Uint16Array } {
  const unused: number[] = [];
  const used: { readonly slot: number; readonly sample: Sample }[] = [];
  for (let slot = 0; slot < SAMPLES; slot += 1) {
    const sample = readSample(file, slot, now);
    if (sample === undefined) unused.push(slot);
    else used.push({ slot, sample });
  }
  used.sort((one, other) => one.sample.at - other.sample.at || one.slot - other.slot);
  return {
    samples: used.map(({ sample }) => sample),
    order: Uint16Array.from([...unused, ...used.map(({ slot }) => slot)]),
  };
}

function readSample(file: Buffer, slot: number, now: number): Sample | undefined {
  const bytes = recordAt(file, slot * SAMPLE_BYTES, SAMPLE_BYTES);
  if (bytes === undefined) return undefined;
  const latest = Math.floor((now + SET_BACK_MS) / 1_000);
  const second = latest - ((latest - bytes.readUIntBE(0, 3)) % SECONDS_LAP);
  if (!isSealed(bytes, second) || second * 1_000 < now - KEPT_MS) return undefined;
  const value = bytes.readUInt16BE(3);
  return { at: second * 1_000, latencyMs: value === FAILED ? undefined : value / TENTH };
}

/** The bin of this slot in the present lap of the ring; undefined where the file holds none. */
export function readBin(
  file: Buffer,
  { offset, slots, bytes: size, ms, bits }: BinRing,
  slot: number,
  now: number,
): Bin | undefined {
  const bytes = recordAt(file, offset + slot * size, size);
  if (bytes === undefined) return undefined;
  const present = Math.floor((now + AHEAD_MS) / ms);
  const number = present - ((present - slot) % slots);
  if (bytes.readUInt8(0) !== Math.floor(number / slots) % 256 || !isSealed(bytes, number))
    return undefined;
  const [min, max] = [bytes.readUInt16BE(1) / TENTH, bytes.readUInt16BE(3) / TENTH];
  const mean = min + ((max - min) * bytes.readUInt8(5)) / 255;
  const counts = bytes.readUIntBE(6, bits / 4);
  const failed = counts % 2 ** bits;
  const count = Math.floor(counts / 2 ** bits);
  const latency = count > failed ? { min, mean, max } : undefined;
  return { at: number * ms, ms, latency, count, failed };
}

function readOutage(
  file: Buffer,
  slot: number,
  now: number,
): { readonly slot: number; readonly outage: Outage } | undefined {
  const bytes = recordAt(file, OUTAGES_AT + slot * OUTAGE_BYTES, OUTAGE_BYTES);
  if (bytes === undefined || !isSealed(bytes, 0)) return undefined;
  const [from, to] = [bytes.readUInt32BE(0) * 1_000, bytes.readUInt32BE(4) * 1_000];
  if (from > now + AHEAD_MS || (to !== 0 && to < now - KEPT_MS)) return undefined;
  return { slot, outage: { from, to: to === 0 ? undefined : to } };
}

function recordAt(file: Buffer, at: number, size: number): Buffer | undefined {
  return at + size <= file.length ? file.subarray(at, at + size) : undefined;
}

/** Writes the checksum into the last bytes. */
function seal(bytes: Buffer, time: number): Buffer {
  bytes.writeUInt16BE(checksum(bytes, time), bytes.length - CHECKSUM_BYTES);
  return bytes;
}

function isSealed(bytes: Buffer, time: number): boolean {
  return bytes.readUInt16BE(bytes.length - CHECKSUM_BYTES) === checksum(bytes, time);
}

/** CRC-16 (CCITT) over the record without its last bytes, and its full time. */
function checksum(bytes: Buffer, time: number): number {
  let sum = 0xffff;
  const take = (byte: number): void => {
    sum = ((sum << 8) ^ CRC[((sum >> 8) ^ byte) & 0xff]!) & 0xffff;
  };
  for (let shift = 24; shift >= 0; shift -= 8) take((time >>> shift) & 0xff);
  for (let index = 0; index < bytes.length - CHECKSUM_BYTES; index++) take(bytes[index]!);
  return sum;
}

const CRC = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021;
  return sum & 0xffff;
});

function tenths(ms: number): number {
  return Math.max(0, Math.min(FAILED - 1, Math.round(ms * TENTH)));
}
