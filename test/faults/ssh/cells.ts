import { type Cell, MATRIX_SHARE, sample } from '../matrix.js';
import { dropAtBytes } from './drop.js';
import { phaseOf } from './phases.js';
import { restartCells } from './restart.js';
import { specialCells } from './specials.js';

const SEEDS = 500;
/** Of the short version: each ten in a row have every phase. */
const SHORT_SEEDS = 10;
const SHORT_RESTARTS = 1;

/** Connections dropped at random bytes, and everything that can answer in place of the droplet. */
export function sshFaultCells(): readonly Cell[] {
  return [
    ...specialCells().map(({ cell }) => cell),
    ...restartCells(),
    ...dropCells(SEEDS / MATRIX_SHARE),
  ];
}

/** Every kind of trouble once, each in another phase, and a few seeds for each phase. */
export function shortSshFaultCells(): readonly Cell[] {
  const specials = specialCells();
  const kinds = [...new Set(specials.map(({ kind }) => kind))];
  const ofKind = kinds.map((kind, index) => {
    const cells = specials.filter((special) => special.kind === kind);
    return cells[index % cells.length]!.cell;
  });
  return [...ofKind, ...sample(restartCells(), SHORT_RESTARTS), ...dropCells(SHORT_SEEDS)];
}

function dropCells(seeds: number): readonly Cell[] {
  return Array.from({ length: seeds }, (_, index) => {
    const seed = index + 1;
    return { name: `seed ${seed}, ${phaseOf(seed).name}`, run: () => dropAtBytes(seed) };
  });
}
