/**
 * How long the journals take that earlier versions let a droplet write: 540 MB of its log, and many different steps.
 * Listing, recovery and the live view read them. Run with: npm run bench:hostile
 */
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../src/core/time.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import {
  JournalTail,
  openToRead,
  readHistory,
} from '../../src/services/provisioning/journal/journal-tail.js';
import { OperationsWatcher } from '../../src/services/provisioning/watcher.js';

const ID = '0123456789abcdef';
const BYTES = 540_000_000;
const LINES_AT_A_TIME = 10_000;
const LIMIT_MS = 30_000;
const LIMIT_BYTES = 300 * 1024 * 1024;

type Line = (index: number) => object;
const log: Line = (index) => ({ event: 'log', text: `npm http fetch GET 200 ${index}` });
const step: Line = (index) => ({ event: 'substep', name: `step_${index}`, status: 'running' });

async function writeLines(path: string, count: number, line: Line): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  const request = { id: ID, apiUrl: 'http://127.0.0.1:9/', label: 'bench' };
  await file.writeFile(`${JSON.stringify({ at: 1, event: 'operation', request })}\n`);
  for (let from = 0; from < count; from += LINES_AT_A_TIME) {
    const lines = Array.from({ length: Math.min(LINES_AT_A_TIME, count - from) }, (_, index) => {
      const { event, ...rest } = line(from + index) as { event: string };
      const record = { at: 1, event, step: 'install_portlama', ...rest, offset: from + index };
      return `${JSON.stringify(record)}\n`;
    });
    await file.writeFile(lines.join(''));
  }
  await file.close();
}

async function readAll(path: string): Promise<void> {
  const file = await openToRead(path);
  await new JournalTail().read(file, () => undefined);
  await file.close();
}

async function measure(name: string, work: () => Promise<unknown>): Promise<boolean> {
  const start = performance.now();
  await work();
  const ms = Math.round(performance.now() - start);
  const { rss } = process.memoryUsage();
  console.log(`${name.padEnd(34)}${String(ms).padStart(8)} ms  ${Math.round(rss / 1e6)} MB`);
  return ms < LIMIT_MS && rss < LIMIT_BYTES;
}

const home = await mkdtemp(join(tmpdir(), 'portlama-bench-'));
const path = journalPath(home, ID);
const good: boolean[] = [];
try {
  for (const [what, line, count] of [
    ['540 MB of log', log, BYTES / 108],
    ['40,000 steps', step, 40_000],
  ] as const) {
    await writeLines(path, count, line);
    good.push(
      await measure(`${what}: list`, () => new OperationsWatcher(home, systemClock).list()),
      await measure(`${what}: recovery`, () => readHistory(path)),
      await measure(`${what}: live view`, () => readAll(path)),
    );
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
const kept = good.every(Boolean);
console.log(`limits: ${LIMIT_MS} ms, ${LIMIT_BYTES / 1e6} MB: ${kept ? 'kept' : 'exceeded'}`);
process.exitCode = kept ? 0 : 1;
