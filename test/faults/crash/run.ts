/**
 * Kills a worker at every moment of a run, then answers "clean up" and "resume"; and that answer's worker at every moment
 * as well, with either store.
 * Run with: npm run test:crash [-- part of a cell's name]. RECOVERY_SHARE=6 kills every sixth recovery only.
 */
import { runSharded } from '../sharded.js';
import { crashCells } from './cells.js';
import { recoveryCells } from './recovery.js';

const RECOVERY_SHARE = Number(process.env['RECOVERY_SHARE'] ?? '1');

process.exitCode = await runSharded({
  title: 'crash',
  module: import.meta.url,
  shards: 1,
  atATime: 5,
  cells: async () => [
    ...(await crashCells()),
    ...(await recoveryCells()).filter((_cell, index) => index % RECOVERY_SHARE === 0),
  ],
});
