/**
 * Every call of a provisioning, and of the actions on a droplet, with every kind of fault, once, three times and for ever.
 * Run with: npm run test:faults [-- part of a cell's name]. MATRIX_SHARE=2 tries one in two only.
 */
import { MATRIX_SHARE, shareOf } from '../matrix.js';
import { runSharded } from '../sharded.js';
import { actionCells } from './action-cells.js';
import { apiFaultCells } from './cells.js';

process.exitCode = await runSharded({
  title: 'faults',
  module: import.meta.url,
  shards: 2,
  atATime: 16,
  cells: async () => shareOf([...(await apiFaultCells()), ...(await actionCells())], MATRIX_SHARE),
});
