/**
 * Runs a whole matrix: compiles it with the program, so that what is tried is what is in the folder now, and starts
 * it. Use: node test/faults/run.mjs crash|api|ssh [part of a cell's name]
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'node_modules/.cache/portlama-matrix');
const [matrix, ...rest] = process.argv.slice(2);

const run = (args) => {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

mkdirSync(join(out, 'test/faults/crash'), { recursive: true });
writeFileSync(join(out, 'package.json'), '{ "type": "module", "version": "0.0.0" }\n');
copyFileSync(join(root, 'test/faults/crash/killer.mjs'), join(out, 'test/faults/crash/killer.mjs'));
run([
  join(root, 'node_modules/typescript/bin/tsc'),
  '--project',
  join(root, 'test/faults/tsconfig.json'),
  '--outDir',
  out,
]);
run([join(out, `test/faults/${matrix}/run.js`), ...rest]);
