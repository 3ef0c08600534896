import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  lstat,
  mkdir,
  open,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  bucketsOf,
  FIVE_MS,
  HOUR_MS,
  type Sample,
  type ServerHistory,
  uptimeOf,
} from '../../../src/services/health/history/history.js';
import { HistoryWriter, readHistory } from '../../../src/services/health/history/history-file.js';
import { RING_FILE_BYTES } from '../../../src/services/health/history/records.js';
import { removeServerFiles } from '../../../src/services/registry/server-files.js';
import * as fc from '../../fixtures/fast-check.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { DAY_MS } from '../../../src/core/time.js';

const ID = '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f';
const START = Date.parse('2026-11-20T10:00:00Z');

/** Looks with pauses of seconds; some failed, some of another program's start. */
const looks = fc.array(
  fc.record({
    pauseS: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 1, max: 60 }) },
      { weight: 1, arbitrary: fc.integer({ min: 300, max: 40_000 }) },
    ),
    latencyMs: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 60_000 }).map((tenths) => tenths / 10) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    restart: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
  }),
  { minLength: 1, maxLength: 120 },
);

async function write(
  home: string,
  samples: readonly (Sample & { readonly restart?: boolean })[],
): Promise<void> {
  let writer = new HistoryWriter(home, ID);
  for (const { restart, ...sample } of samples) {
    if (restart === true) writer = new HistoryWriter(home, ID);
    await writer.add(sample);
  }
}

function samplesOf(
  all: readonly { pauseS: number; latencyMs: number | undefined; restart: boolean }[],
): (Sample & { restart: boolean })[] {
  let at = START;
  return all.map(({ pauseS, latencyMs, restart }) => {
    at += pauseS * 1_000;
    return { at, latencyMs, restart };
  });
}

/** Sums of looks in a span, counted one by one. */
function counted(samples: readonly Sample[], from: number, ms: number) {
  const inside = samples.filter(({ at }) => at >= from && at < from + ms);
  const known = inside.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  return {
    count: inside.length,
    failed: inside.length - known.length,
    min: Math.min(...known),
    max: Math.max(...known),
    mean: known.reduce((sum, each) => sum + each, 0) / known.length,
  };
}

describe('a history', () => {
  it('has every look again, and its bins add up, wherever the program ended and began anew', async () => {
    await fc.assert(
      fc.asyncProperty(looks, async (all) => {
        const home = await temporaryFolder();
        const samples = samplesOf(all);
        await write(home, samples);
        const history = await readHistory(home, ID, samples.at(-1)!.at);
        expect(history.samples).toEqual(samples.map(({ at, latencyMs }) => ({ at, latencyMs })));
        for (const bin of [...history.fives, ...history.hours]) {
          const { count, failed, min, max, mean } = counted(samples, bin.at, bin.ms);
          expect(bin).toMatchObject({ count, failed });
          if (count === failed) expect(bin.latency).toBeUndefined();
          else {
            expect(bin.latency!.min).toBeCloseTo(min, 1);
            expect(bin.latency!.max).toBeCloseTo(max, 1);
            expect(Math.abs(bin.latency!.mean - mean)).toBeLessThan(1 + (max - min) / 50);
          }
        }
        const total = history.fives.reduce((sum, { count }) => sum + count, 0);
        expect(total).toBe(samples.length);
      }),
      { numRuns: 40 },
    );
  });

  it('has outages exact: the first failed look, and the first that succeeded', async () => {
    await fc.assert(
      fc.asyncProperty(looks, async (all) => {
        const home = await temporaryFolder();
        // One program throughout, and no gap: what a gap means is another test.
        const samples = samplesOf(
          all.map((look) => ({ ...look, restart: false, pauseS: Math.min(60, look.pauseS) })),
        );
        await write(home, samples);
        const outages: { from: number; to: number | undefined }[] = [];
        for (const { at, latencyMs } of samples) {
          const last = outages.at(-1);
          const isOpen = last !== undefined && last.to === undefined;
          if (latencyMs === undefined && !isOpen) outages.push({ from: at, to: undefined });
          else if (latencyMs !== undefined && isOpen) last.to = at;
        }
        const history = await readHistory(home, ID, samples.at(-1)!.at);
        expect(history.outages).toEqual(outages.slice(-77));
      }),
      { numRuns: 40 },
    );
  });

  it('ends an outage at the last look when nobody watched on, and begins another one', async () => {
    const home = await temporaryFolder();
    const at = (seconds: number): number => START + seconds * 1_000;
    await write(home, [
      { at: at(0), latencyMs: 20 },
      { at: at(30), latencyMs: undefined },
      { at: at(60), latencyMs: undefined },
      { at: at(90), latencyMs: undefined, restart: true },
      { at: at(7_200), latencyMs: undefined, restart: true },
      { at: at(7_230), latencyMs: 20 },
    ]);
    const { outages } = await readHistory(home, ID, at(7_230));
    expect(outages).toEqual([
      { from: at(30), to: at(90) },
      { from: at(7_200), to: at(7_230) },
    ]);
  });

  it('keeps 24 hours of looks, 7 days of 5 minutes and 30 days of hours, in 12 blocks', async () => {
    const home = await temporaryFolder();
    const writer = new HistoryWriter(home, ID);
    const [from, to] = [START, START + 31 * DAY_MS];
    // Sparse before the last day, which is full: the file has to have seen every slot.
    let last = from;
    for (let at = from; at < to - DAY_MS; at += FIVE_MS) await writer.add({ at, latencyMs: 20 });
    for (let at = to - DAY_MS; at <= to; at += 30_000) {
      await writer.add({ at, latencyMs: at % 7 === 0 ? undefined : 20 });
      last = at;
    }
    const { samples, fives, hours } = await readHistory(home, ID, to);
    expect(samples[0]!.at).toBeLessThanOrEqual(to - DAY_MS);
    expect(samples.at(-1)!.at).toBe(last);
    expect(fives.filter(({ at }) => at >= to - 7 * DAY_MS + FIVE_MS)).toHaveLength(2_016);
    expect(hours.filter(({ at }) => at >= to - 30 * DAY_MS + HOUR_MS)).toHaveLength(720);
    const { size, blocks } = await stat(ringOf(home));
    expect(size).toBeLessThanOrEqual(RING_FILE_BYTES);
    expect(1_000 * blocks * 512).toBeLessThan(50_000_000);
  }, 60_000);

  it('drops a record that is torn anywhere, and nothing else', async () => {
    const home = await temporaryFolder();
    const samples = Array.from({ length: 40 }, (_, index) => ({
      at: START + index * 30_000,
      latencyMs: index % 9 === 0 ? undefined : 20 + index,
    }));
    await write(home, samples);
    const whole = await readFile(ringOf(home));
    const known = new Set((await readHistory(home, ID, samples.at(-1)!.at)).samples.map(keyOf));
    for (let at = 0; at < 40 * 7; at++) {
      const torn = Buffer.from(whole);
      torn[at] = torn[at]! ^ 0x55;
      await writeFile(ringOf(home), torn);
      const read = (await readHistory(home, ID, samples.at(-1)!.at)).samples.map(keyOf);
      expect(read).toHaveLength(39);
      expect(read.every((key) => known.has(key))).toBe(true);
    }
    // Cut off: the rest is there.
    await writeFile(ringOf(home), whole.subarray(0, 100));
    expect((await readHistory(home, ID, samples.at(-1)!.at)).samples).toHaveLength(14);
  });

  it('has all that was written before the program was killed, and goes on from there', async () => {
    const home = await temporaryFolder();
    let next = START;
    const told: number[] = [];
    for (let round = 0; round < 5; round++) {
      const fixture = join(import.meta.dirname, 'write-history.fixture.mjs');
      const child = spawn(process.execPath, [fixture, home, ID, String(next)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let lines = '';
      child.stdout.on('data', (data: Buffer) => (lines += data.toString()));
      await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(400 + round * 97);
      child.kill('SIGKILL');
      await once(child, 'close');
      told.push(...lines.trim().split('\n').slice(0, -1).map(Number));
      next = told.at(-1)! + 60_000;
    }
    const history = await readHistory(home, ID, next);
    const read = new Set(history.samples.map(({ at }) => at));
    expect(told.filter((at) => !read.has(at))).toEqual([]);
    const total = history.fives.reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(history.samples.length);
  }, 60_000);

  it('writes successes of many servers together, an outage at once, and all when asked to', async () => {
    const home = await temporaryFolder();
    const writer = new HistoryWriter(home, ID);
    const kept: number[] = [];
    const latencies = [20, 21, 22, 23, 24, 25, undefined, undefined, 26, 27];
    for (const [index, latencyMs] of latencies.entries()) {
      await writer.add({ at: START + index * 30_000, latencyMs }, 4);
      kept.push((await readHistory(home, ID, START + DAY_MS)).samples.length);
    }
    expect(kept).toEqual([1, 1, 1, 4, 4, 4, 7, 8, 9, 9]);
    await writer.flush();
    const { samples, outages } = await readHistory(home, ID, START + DAY_MS);
    expect(samples.map(({ latencyMs }) => latencyMs)).toEqual(latencies);
    expect(outages).toEqual([{ from: START + 6 * 30_000, to: START + 8 * 30_000 }]);
  });

  it('survives a clock that is set back, and one that was far ahead', async () => {
    const home = await temporaryFolder();
    const minutes = (number: number): number => START + number * 60_000;
    const forward = Array.from({ length: 60 }, (_, index) => ({
      at: minutes(index),
      latencyMs: 20,
    }));
    const again = Array.from({ length: 20 }, (_, index) => ({
      at: minutes(30 + index) + 15_000,
      latencyMs: index === 3 ? undefined : 30,
    }));
    const ahead = { at: minutes(60) + 400 * DAY_MS, latencyMs: 20 };
    await write(home, [...forward, ahead, ...again]);
    const now = minutes(60);
    const history = await readHistory(home, ID, now);
    const kept = new Set(history.samples.map(({ at }) => at));
    expect([...forward, ...again].filter(({ at }) => !kept.has(at))).toEqual([]);
    expect(kept.has(ahead.at)).toBe(false);
    const bin = history.fives.find(({ at }) => at === minutes(30))!;
    expect(bin).toMatchObject({ count: 10, failed: 1 });
    expect(history.outages).toEqual([{ from: minutes(33) + 15_000, to: minutes(34) + 15_000 }]);
  });

  it('is private from the first instant, goes with the server, and does not come back', async () => {
    const home = await temporaryFolder();
    const writer = new HistoryWriter(home, ID);
    await writer.add({ at: START, latencyMs: 20 });
    expect((await lstat(ringOf(home))).mode & 0o777).toBe(0o600);
    expect((await lstat(join(home, 'servers', ID))).mode & 0o777).toBe(0o700);
    await removeServerFiles(home, ID);
    await writer.add({ at: START + 30_000, latencyMs: 20 });
    await expect(lstat(join(home, 'servers', ID))).rejects.toThrow('ENOENT');
    expect((await readHistory(home, ID, START)).samples).toEqual([]);
  });

  it('is not written through a symbolic link', async () => {
    const home = await temporaryFolder();
    const other = join(await temporaryFolder(), 'other');
    await writeFile(other, 'precious');
    await mkdir(join(home, 'servers', ID), { recursive: true });
    await symlink(other, ringOf(home));
    const writer = new HistoryWriter(home, ID);
    await expect(writer.add({ at: START, latencyMs: 20 })).rejects.toThrow('symbolic link');
    expect(await readFile(other, 'utf8')).toBe('precious');
  });

  it('goes on once a full or closed disk is mended', async () => {
    const home = await temporaryFolder();
    const writer = new HistoryWriter(home, ID);
    await writer.add({ at: START, latencyMs: 20 });
    await rm(ringOf(home));
    await mkdir(ringOf(home));
    await expect(writer.add({ at: START + 30_000, latencyMs: 21 })).rejects.toThrow('EISDIR');
    await rm(ringOf(home), { recursive: true });
    const file = await open(ringOf(home), 'w');
    await file.close();
    await chmod(ringOf(home), 0o600);
    await writer.add({ at: START + 60_000, latencyMs: 22 });
    const { samples } = await readHistory(home, ID, START + 60_000);
    expect(samples.map(({ latencyMs }) => latencyMs)).toEqual([22]);
  });
});

describe('uptime', () => {
  const watched = (samples: readonly Sample[]): ServerHistory => ({
    samples,
    fives: [
      { at: START, ms: FIVE_MS, latency: undefined, count: 10, failed: 10 },
      { at: START + FIVE_MS, ms: FIVE_MS, latency: undefined, count: 10, failed: 0 },
      { at: START + 2 * FIVE_MS, ms: FIVE_MS, latency: undefined, count: 4, failed: 1 },
    ],
    hours: [],
    outages: [],
  });

  it('is over the watched time, whose share it says', () => {
    const to = START + 4 * FIVE_MS;
    const { up, watched: share } = uptimeOf(watched([]), START, to);
    // Ten minutes and a half of the third bin; nobody watched the fourth.
    expect(share).toBeCloseTo(2.5 / 4, 5);
    expect(up).toBeCloseTo((0 + 1 + 0.5 * 0.75) / 2.5, 5);
  });

  it('is unknown where nobody watched', () => {
    expect(uptimeOf(watched([]), START + DAY_MS, START + 2 * DAY_MS)).toEqual({
      up: undefined,
      watched: 0,
    });
  });

  it('is between 0 and 1, and 1 only without a failure', () => {
    fc.assert(
      fc.property(looks, (all) => {
        const samples = samplesOf(all);
        const to = samples.at(-1)!.at + 1_000;
        const bins = bucketsOf({ ...watched(samples), samples }, START, to, 50);
        const history = { ...watched([]), fives: bins };
        const { up, watched: share } = uptimeOf(history, START, to);
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
        const isClean = samples.every(({ latencyMs }) => latencyMs !== undefined);
        expect(up === 1).toBe(isClean);
      }),
      { numRuns: 100 },
    );
  });
});

describe('buckets', () => {
  it('hold every look of the span once, failed ones too, and say where nobody watched', () => {
    fc.assert(
      fc.property(looks, fc.integer({ min: 1, max: 200 }), (all, count) => {
        const samples = samplesOf(all).map(({ at, latencyMs }) => ({ at, latencyMs }));
        const now = samples.at(-1)!.at + 1;
        const history = { samples, fives: [], hours: [], outages: [] };
        const buckets = bucketsOf(history, now - DAY_MS, now, count);
        expect(buckets).toHaveLength(count);
        const inside = samples.filter(({ at }) => at > now - DAY_MS);
        const sum = (of: 'count' | 'failed') => buckets.reduce((all, each) => all + each[of], 0);
        expect(sum('count')).toBe(inside.length);
        expect(sum('failed')).toBe(inside.filter((each) => each.latencyMs === undefined).length);
      }),
      { numRuns: 100 },
    );
  });
});

function ringOf(home: string): string {
  return join(home, 'servers', ID, 'history.ring');
}

function keyOf({ at, latencyMs }: Sample): string {
  return `${at} ${latencyMs}`;
}
