import { describe, expect, it } from 'vitest';
import { actionCells } from './api/action-cells.js';
import { apiFaultCells } from './api/cells.js';
import { crashCells } from './crash/cells.js';
import { certificateCells } from './crash/certificates.js';
import { recoveryCells } from './crash/recovery.js';
import { upkeepCells } from './crash/upkeep.js';
import { panelFaultCells } from './panel/cells.js';
import { type Cell, runMatrix, sample } from './matrix.js';

/** Of every matrix some cells; `npm run test:crash` and `test:faults` run all of them. */
const SHORT = [
  { title: 'crash', all: crashCells, least: 120, count: 2, atATime: 2 },
  { title: 'recovery', all: () => recoveryCells(1), least: 25, count: 1, atATime: 1 },
  { title: 'certificates', all: certificateCells, least: 50, count: 2, atATime: 2 },
  { title: 'work on a server', all: upkeepCells, least: 50, count: 1, atATime: 1 },
  { title: 'panel faults', all: panelFaultCells, least: 700, count: 4, atATime: 4 },
  { title: 'faults', all: apiFaultCells, least: 400, count: 4, atATime: 4 },
  { title: 'actions', all: actionCells, least: 400, count: 6, atATime: 6 },
];
const LIMIT_MS = 180_000;

describe.each(SHORT)('$title, in short', ({ all, least, count, atATime }) => {
  it(
    'leaves nothing behind',
    async () => {
      const cells: readonly Cell[] = await all();
      expect(cells.length).toBeGreaterThanOrEqual(least);
      const short = cells.filter(({ isLong = false }) => !isLong);
      const report = await runMatrix(sample(short, count), { atATime });
      expect(report.violations).toEqual([]);
      expect(report.cells).toBe(count);
    },
    LIMIT_MS,
  );
});
