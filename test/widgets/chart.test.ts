import { describe, expect, it } from 'vitest';
import {
  type ChartBar,
  type ChartData,
  chartColumns,
  chartLines,
  strip,
} from '../../src/widgets/chart.js';
import { plain, width } from '../../src/widgets/markup.js';
import * as fc from '../fixtures/fast-check.js';

const ok = (value: number): ChartBar => ({ value, failed: false, empty: false });
const FAILED: ChartBar = { value: undefined, failed: true, empty: false };
const EMPTY: ChartBar = { value: undefined, failed: false, empty: true };

function chart(bars: readonly ChartBar[], ticks: ChartData['ticks'] = []): ChartData {
  return { bars, ticks, unit: 'ms', end: 'now' };
}

describe('a chart', () => {
  it('has a scale, bars, failures, what nobody watched, and a time axis', () => {
    const bars = [ok(10), ok(20), ok(40), FAILED, { ...ok(5), failed: true }, EMPTY, ok(50)];
    const ticks = [{ at: 0, label: '09:10' }];
    const lines = chartLines(chart(bars, ticks), { width: 24, height: 6 }).map(plain);
    expect(lines).toEqual([
      '   50 ms ┤    ▂▂      ██',
      '         ┤    ██      ██',
      '   25 ms ┤  ▅▅██      ██',
      '         ┤▆▆████××××··██',
      '       0 ┼┬─────────────',
      '          09:10      now',
    ]);
  });

  it('is exactly as large as its room, and shows each failure where it has a column for each bar', () => {
    const bar = fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: 0, max: 60_000, noNaN: true }).map(ok) },
      { weight: 1, arbitrary: fc.constantFrom(FAILED, EMPTY) },
    );
    const bars = fc.array(bar, { maxLength: 300 });
    const sizes = fc.tuple(fc.integer({ min: 20, max: 300 }), fc.integer({ min: 3, max: 40 }));
    const ticks = fc.array(
      fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), label: fc.constant('22 Nov') }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(bars, ticks, sizes, (bars, ticks, [columns, rows]) => {
        const sorted = ticks.toSorted((one, other) => one.at - other.at);
        const lines = chartLines(chart(bars, sorted), { width: columns, height: rows });
        expect(lines).toHaveLength(rows);
        expect(lines.every((line) => width(line) <= columns)).toBe(true);
        const last = plain(lines.at(-1)!);
        expect(last.endsWith('now')).toBe(true);
        const drawn = lines.slice(0, -2).map(plain).join('').split('×').length - 1;
        const failed = bars.filter((each) => each.failed).length;
        if (bars.length === chartColumns(columns)) expect(drawn).toBe(failed);
        else if (bars.length < chartColumns(columns)) expect(drawn).toBeGreaterThanOrEqual(failed);
      }),
    );
  });
});

describe('a strip', () => {
  it('keeps what is usual low, and shows each failure and what nobody watched', () => {
    expect(plain(strip([ok(20), ok(22), ok(29), ok(45), EMPTY, FAILED, ok(5_000)]))).toBe(
      '▁▁▂▃·×█',
    );
    expect(plain(strip([{ ...ok(9), failed: true }, ok(0), ok(0)]))).toBe('×▁▁');
    expect(plain(strip([]))).toBe('');
  });
});
