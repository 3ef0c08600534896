/**
 * Kills a worker at every moment of a run, then answers "clean up" and "resume".
 * Run with: npm run test:crash [-- part of a cell's name]
 */
import { runSharded } from '../sharded.js';
import { crashCells } from './cells.js';

process.exitCode = await runSharded({
  title: 'crash',
  module: import.meta.url,
  shards: 1,
  atATime: 5,
  cells: crashCells,
});
