import { describe, expect, it } from 'vitest';
import { runMatrix } from './matrix.js';
import { shortSshFaultCells, sshFaultCells } from './ssh/cells.js';

const LIMIT_MS = 180_000;
const AT_A_TIME = 10;

describe('ssh-faults, in short', () => {
  it('has five hundred seeds and more', () => {
    const names = sshFaultCells().map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('seed '))).toHaveLength(500);
    expect(names.filter((name) => name.startsWith('sshd restarts'))).toHaveLength(14);
    expect(new Set(names).size).toBe(names.length);
    const all = new Set(names);
    expect(shortSshFaultCells().filter(({ name }) => !all.has(name))).toEqual([]);
  });

  it(
    'comes to an end, and what comes about is whole',
    async () => {
      const report = await runMatrix(shortSshFaultCells(), { atATime: AT_A_TIME });
      expect(report.violations).toEqual([]);
      expect(report.cells).toBe(20);
    },
    LIMIT_MS,
  );
});
