/**
 * Every call of a provisioning with every kind of fault, once, three times and for ever.
 * Run with: npm run test:faults [-- part of a cell's name]
 */
import { runSharded } from '../sharded.js';
import { apiFaultCells } from './cells.js';

process.exitCode = await runSharded({
  title: 'faults',
  module: import.meta.url,
  shards: 2,
  atATime: 16,
  cells: apiFaultCells,
});
