/**
 * Kills a worker at every moment of a run, then answers "clean up" and "resume".
 * Run with: npm run test:crash [-- part of a point's name]
 */
import { printReport, runMatrix } from '../matrix.js';
import { crashCells } from './cells.js';

const AT_A_TIME = 3;

const wanted = process.argv[2];
const cells = await crashCells();
const chosen = cells.filter(({ name }) => wanted === undefined || name.includes(wanted));
const report = await runMatrix(chosen, {
  atATime: AT_A_TIME,
  onDone: (name, { outcome, violations }) => {
    if (process.stdout.isTTY) console.log(`${outcome}: ${name}`);
    for (const violation of violations) console.log(`VIOLATION ${name}: ${violation}`);
  },
});
process.exit(printReport('crash', report));
