/**
 * A provisioning against a real sshd whose connections break at every kind of moment, and what may answer in its place.
 * Run with: npm run test:ssh-faults [-- part of a cell's name, as "seed 17,"]. MATRIX_SHARE=2 takes half of the seeds only.
 */
import { runSharded } from '../sharded.js';
import { sshFaultCells } from './cells.js';

process.exitCode = await runSharded({
  title: 'ssh-faults',
  module: import.meta.url,
  shards: 2,
  atATime: 6,
  cells: () => Promise.resolve(sshFaultCells()),
});
