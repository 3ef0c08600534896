import type { Cut } from '../../fixtures/cutting-proxy.js';
import type { CellResult } from '../matrix.js';
import { drive } from './drive.js';
import { cutsOf, phaseOf, PHASES } from './phases.js';
import { checkWhole } from './verdict.js';
import { volumeOf } from './volumes.js';

/** Real limits and budgets, passed so many times faster. */
const HASTE = 10;

/** Drops connections at the seed's bytes: the server comes about all the same, with everything whole. */
export async function dropAtBytes(seed: number): Promise<CellResult> {
  const phase = phaseOf(seed);
  const cuts = cutsOf(seed, await volumeOf(phase), await volumeOf(PHASES.CONNECT));
  return await drive({ phase, cuts, haste: HASTE }, async (driven) => {
    const { world, outcome, cuts: made, wrong } = driven;
    const uncut = made.length === 0 ? ['nothing was cut'] : [];
    const violations = [...wrong, ...uncut, ...(await checkWhole(world))];
    return {
      outcome: `${outcome ?? 'hangs'} after ${made.length} cuts`,
      violations: violations.map((text) => `${text} (${made.map(describeCut).join(', ')})`),
    };
  });
}

function describeCut({ how, direction, bytes }: Cut): string {
  return `${how} after ${bytes} bytes ${direction}`;
}
