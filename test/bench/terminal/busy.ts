import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import { RUN_TYPESCRIPT } from '../../fixtures/run-typescript.js';
import type { BenchHome } from './bench-home.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const WORKER = resolve(import.meta.dirname, '../busy-worker.ts');
const OPERATION = '00000000000000b5';
const LOOK_MS = 50;

/** A provisioning of a server named `busy` that logs this many lines a second until it is ended. */
export async function busyWorker(
  home: BenchHome,
  linesPerSecond: number,
): Promise<{ end(): void }> {
  const args = [...RUN_TYPESCRIPT, WORKER, home.path, OPERATION, String(linesPerSecond)];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (!existsSync(journalPath(home.path, OPERATION))) {
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}`);
    await new Promise((fulfil) => setTimeout(fulfil, LOOK_MS));
  }
  return { end: () => void child.kill('SIGKILL') };
}
