/**
 * Every call to a panel with every kind of trouble, once and for ever, and then again without.
 * Run with: npm run test:panel-faults [-- part of a cell's name]. MATRIX_SHARE=2 tries one in two only.
 */
import { MATRIX_SHARE, shareOf } from '../matrix.js';
import { runSharded } from '../sharded.js';
import { panelFaultCells } from './cells.js';

process.exitCode = await runSharded({
  title: 'panel faults',
  module: import.meta.url,
  shards: 2,
  atATime: 6,
  cells: async () => shareOf(await panelFaultCells(), MATRIX_SHARE),
});
