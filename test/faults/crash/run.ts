/**
 * Kills a worker at every moment of a run, then answers "clean up" and "resume"; and that answer's worker at every moment
 * as well, with either store. Workers that renew, bind or recover a certificate are killed at each of their records.
 * Run with: npm run test:crash [-- part of a cell's name]. RECOVERY_SHARE=6 kills one recovery in six only, MATRIX_SHARE=2
 * one run in two.
 */
import { runSharded } from '../sharded.js';
import { MATRIX_SHARE, shareOf } from '../matrix.js';
import { bindingCells } from './binding.js';
import { crashCells } from './cells.js';
import { certificateCells } from './certificates.js';
import { recoveryCells } from './recovery.js';
import { upkeepCells } from './upkeep.js';

const RECOVERY_SHARE = Number(process.env['RECOVERY_SHARE'] ?? '1');

process.exitCode = await runSharded({
  title: 'crash',
  module: import.meta.url,
  shards: 1,
  atATime: 5,
  async cells() {
    const [crashes, recoveries, certificates, bindings, upkeep] = await Promise.all([
      crashCells(),
      recoveryCells(),
      certificateCells(),
      bindingCells(),
      upkeepCells(),
    ]);
    return [
      ...shareOf([...crashes, ...certificates, ...bindings, ...upkeep], MATRIX_SHARE),
      ...shareOf(recoveries, RECOVERY_SHARE),
    ];
  },
});
